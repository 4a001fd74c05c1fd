package dev.cartd.cli;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.cartd.Rooms;
import dev.cartd.spi.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

/** The rules of the house over all modules; each module has the ones for its rooms. */
@AnalyzeClasses(
        packages = "dev.cartd",
        importOptions = {ImportOption.DoNotIncludeTests.class, Rooms.NoTestJars.class})
class HouseTest {
    private static final DescribedPredicate<JavaClass> CORE = resideInAnyPackage("dev.cartd..")
            .and(resideOutsideOfPackages(
                    "dev.cartd.archive..", "dev.cartd.store..", "dev.cartd.server..", "dev.cartd.cli.."));

    @ArchTest
    static final ArchRule MODULES_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("core")
            .definedBy(CORE)
            .layer("archive")
            .definedBy("dev.cartd.archive..")
            .layer("store")
            .definedBy("dev.cartd.store..")
            .layer("server")
            .definedBy("dev.cartd.server..")
            .layer("cli")
            .definedBy("dev.cartd.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("archive")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("cli");

    @ArchTest
    static final ArchRule NOBODY_LOOKS_INTO_THE_ROOMS_OF_THE_STORE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.cartd.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.cartd.store.*..");

    @ArchTest
    static final ArchRule NOBODY_LOOKS_INTO_THE_ROOMS_OF_THE_SERVER_OR_THE_ARCHIVES = noClasses()
            .that()
            .resideOutsideOfPackages("dev.cartd.server..", "dev.cartd.archive..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.cartd.server.*..", "dev.cartd.archive.*..");

    @ArchTest
    static final ArchRule ONLY_THE_COMPOSITION_ROOT_KNOWS_EVERY_ADAPTER = noClasses()
            .that()
            .doNotHaveSimpleName("Wiring")
            .and()
            .resideInAPackage("dev.cartd.cli..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.cartd.archive..", "dev.cartd.local.."));

    @ArchTest
    static final ArchRule NAMES_SAY_SOMETHING = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Service")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("DTO");

    @ArchTest
    static final ArchRule ONLY_COMMANDS_PRINT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.cartd.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    /** PemKeys logs when a certificate ends, which Java only tells as a Date. */
    @ArchTest
    static final ArchRule TIME_IS_JAVA_TIME = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.cartd.server.connection.PemKeys")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Date")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Calendar");

    /** A constant is copied by the compiler, so only the sources show who wrote it. */
    @ArchTest
    static void one_class_names_the_audit_log(JavaClasses all) throws IOException {
        List<Path> naming = new ArrayList<>();
        for (Path source : Sources.main()) {
            if (Files.readString(source).contains('"' + AuditLog.NAME + '"')) {
                naming.add(source.getFileName());
            }
        }
        assertThat(naming).containsExactly(Path.of("AuditLog.java"));
    }
}
