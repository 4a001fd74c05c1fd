package dev.cartd.cli;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import dev.cartd.Rooms;
import java.util.List;

/** The rules of the house for this module's rooms. */
@AnalyzeClasses(packages = "dev.cartd.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class CliHouseTest {
    private static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.cli.config",
            "dev.cartd.cli.print",
            "dev.cartd.cli.command",
            "dev.cartd.cli.metrics",
            "dev.cartd.cli.admin",
            "dev.cartd.cli.doctor",
            "dev.cartd.cli.serve",
            "dev.cartd.cli.get",
            "dev.cartd.cli.demo",
            "dev.cartd.cli");

    @ArchTest
    static void rooms_point_one_way(JavaClasses all) {
        Rooms.pointOneWay(all, "dev.cartd.cli", LOW_TO_HIGH);
    }

    @ArchTest
    static void rooms_are_small(JavaClasses all) {
        Rooms.areSmall(all, "dev.cartd.cli");
    }
}
