package dev.cartd;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/** The rules of the house for the core. */
@AnalyzeClasses(packages = "dev.cartd", importOptions = ImportOption.DoNotIncludeTests.class)
class CoreHouseTest {
    private static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.system",
            "dev.cartd.cart",
            "dev.cartd.spi",
            "dev.cartd.bundle",
            "dev.cartd.volume",
            "dev.cartd.limit",
            "dev.cartd.local",
            "dev.cartd.space",
            "dev.cartd.legacy",
            "dev.cartd.pull",
            "dev.cartd.upkeep",
            "dev.cartd.stage",
            "dev.cartd.download",
            "dev.cartd");

    @ArchTest
    static void rooms_point_one_way(JavaClasses all) {
        Rooms.pointOneWay(all, "dev.cartd", LOW_TO_HIGH);
    }

    @ArchTest
    static void rooms_are_small(JavaClasses all) {
        Rooms.areSmall(all, "dev.cartd");
    }

    @ArchTest
    static final ArchRule THE_CORE_NEEDS_ONLY_THE_JDK_AND_COMMONS_COMPRESS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.cartd..", "java..", "org.apache.commons.compress..", "org.jspecify.annotations..");
}
