package dev.cartd.cli;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** The rules of the house, over all modules. */
@AnalyzeClasses(
        packages = "dev.cartd",
        importOptions = {ImportOption.DoNotIncludeTests.class, HouseTest.NoTestJars.class})
class HouseTest {
    /** Where modules are packaged, the core's tests come as a jar. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String[] CORE = {
        "dev.cartd",
        "dev.cartd.bundle..",
        "dev.cartd.cart..",
        "dev.cartd.local..",
        "dev.cartd.spi..",
        "dev.cartd.stage..",
        "dev.cartd.volume.."
    };

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
    static final ArchRule ROOMS_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cart")
            .definedBy("dev.cartd.cart..")
            .layer("spi")
            .definedBy("dev.cartd.spi..")
            .optionalLayer("volume")
            .definedBy("dev.cartd.volume..")
            .layer("bundle")
            .definedBy("dev.cartd.bundle..")
            .optionalLayer("stage")
            .definedBy("dev.cartd.stage..")
            .layer("local")
            .definedBy("dev.cartd.local..")
            .layer("facade")
            .definedBy("dev.cartd")
            .whereLayer("facade")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("local")
            .mayOnlyBeAccessedByLayers("facade")
            .whereLayer("stage")
            .mayOnlyBeAccessedByLayers("facade")
            .whereLayer("bundle")
            .mayOnlyBeAccessedByLayers("stage", "facade")
            .whereLayer("volume")
            .mayOnlyBeAccessedByLayers("bundle", "stage", "facade")
            .whereLayer("spi")
            .mayOnlyBeAccessedByLayers("volume", "bundle", "stage", "local", "facade")
            .whereLayer("cart")
            .mayOnlyBeAccessedByLayers("spi", "volume", "bundle", "stage", "local", "facade");

    @ArchTest
    static final ArchRule THE_CORE_NEEDS_ONLY_THE_JDK_AND_COMMONS_COMPRESS = classes()
            .that(resideInAnyPackage(CORE))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(CORE)
                    .or(resideInAnyPackage("java..", "org.apache.commons.compress..", "org.jspecify.annotations..")));

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

    @ArchTest
    static final ArchRule TIME_IS_JAVA_TIME = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Date")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Calendar");
}
