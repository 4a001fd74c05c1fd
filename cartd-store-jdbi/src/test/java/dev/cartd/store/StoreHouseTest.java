package dev.cartd.store;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import dev.cartd.Rooms;
import java.util.List;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The rules of the house for the store. */
@AnalyzeClasses(
        packages = "dev.cartd.store",
        importOptions = {ImportOption.DoNotIncludeTests.class, Rooms.NoTestJars.class})
class StoreHouseTest {
    private static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.store.sql",
            "dev.cartd.store.sqlite",
            "dev.cartd.store.postgres",
            "dev.cartd.store.schema",
            "dev.cartd.store.shares",
            "dev.cartd.store.rows",
            "dev.cartd.store.access",
            "dev.cartd.store.carts",
            "dev.cartd.store.space",
            "dev.cartd.store.twins",
            "dev.cartd.store.engine",
            "dev.cartd.store.notices",
            "dev.cartd.store");

    @ArchTest
    static void rooms_point_one_way(JavaClasses all) {
        Rooms.pointOneWay(all, "dev.cartd.store", LOW_TO_HIGH);
    }

    @ArchTest
    static void rooms_are_small(JavaClasses all) {
        Rooms.areSmall(all, "dev.cartd.store");
    }

    /** But for what all know, and for who knows all. */
    @ArchTest
    static void rooms_do_not_know_each_other(JavaClasses all) {
        for (String room : LOW_TO_HIGH.subList(1, LOW_TO_HIGH.size() - 1)) {
            String[] others = LOW_TO_HIGH.subList(1, LOW_TO_HIGH.size() - 1).stream()
                    .filter(other -> !other.equals(room) && !other.equals("dev.cartd.store.rows"))
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(room)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(all);
        }
    }

    @ArchTest
    static void no_class_is_in_a_circle(JavaClasses all) {
        Rooms.haveNoCircles(all, "dev.cartd.store", List.of());
    }
}
