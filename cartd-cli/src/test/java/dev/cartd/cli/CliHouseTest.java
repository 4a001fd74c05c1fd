package dev.cartd.cli;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import dev.cartd.Rooms;
import java.util.List;
import java.util.Set;

/** The rules of the house for this module's rooms. */
@AnalyzeClasses(packages = "dev.cartd.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class CliHouseTest {
    private static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.cli.config",
            "dev.cartd.cli.print",
            "dev.cartd.cli.command",
            "dev.cartd.cli.metrics",
            "dev.cartd.cli.notify",
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

    @ArchTest
    static void no_class_is_in_a_circle(JavaClasses all) {
        Rooms.haveNoCircles(
                all,
                "dev.cartd.cli",
                List.of(
                        Set.of("Configuration", "ConfigSources", "Key"),
                        Set.of("DumpFormat", "JsonDump", "YamlDump"),
                        Set.of("Metrics", "Exposition"),
                        Set.of("CartServer", "Download"),
                        Set.of("DemoFiles", "DemoScan")));
    }
}
