package dev.cartd.archive;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.cartd.Rooms;
import java.util.List;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The rules of the house for the archives. */
@AnalyzeClasses(
        packages = "dev.cartd.archive",
        importOptions = {ImportOption.DoNotIncludeTests.class, Rooms.NoTestJars.class})
class ArchiveHouseTest {
    @ArchTest
    static void rooms_point_one_way(JavaClasses all) {
        Rooms.pointOneWay(
                all,
                "dev.cartd.archive",
                List.of(
                        "dev.cartd.archive.http",
                        "dev.cartd.archive.dav",
                        "dev.cartd.archive.s3",
                        "dev.cartd.archive.tape",
                        "dev.cartd.archive.pacifica",
                        "dev.cartd.archive.command",
                        "dev.cartd.archive.mount",
                        "dev.cartd.archive"));
    }

    @ArchTest
    static void rooms_are_small(JavaClasses all) {
        Rooms.areSmall(all, "dev.cartd.archive");
    }

    @ArchTest
    static void no_class_is_in_a_circle(JavaClasses all) {
        Rooms.haveNoCircles(all, "dev.cartd.archive", List.of());
    }

    @ArchTest
    static final ArchRule NO_KIND_KNOWS_ANOTHER = slices().matching("dev.cartd.archive.(*)")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(alwaysTrue(), resideInAPackage("dev.cartd.archive.http"));
}
