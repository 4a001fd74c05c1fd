package dev.cartd.server;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.cartd.Rooms;
import java.util.List;
import java.util.Set;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The rules of the house for the server. */
@AnalyzeClasses(
        packages = "dev.cartd.server",
        importOptions = {ImportOption.DoNotIncludeTests.class, Rooms.NoTestJars.class})
class ServerHouseTest {
    private static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.server.connection",
            "dev.cartd.server.http",
            "dev.cartd.server.access",
            "dev.cartd.server.request",
            "dev.cartd.server.download",
            "dev.cartd.server.carts",
            "dev.cartd.server.health",
            "dev.cartd.server.view",
            "dev.cartd.server.files",
            "dev.cartd.server.events",
            "dev.cartd.server.metrics",
            "dev.cartd.server.page",
            "dev.cartd.server.console",
            "dev.cartd.server");

    @ArchTest
    static void rooms_point_one_way(JavaClasses all) {
        Rooms.pointOneWay(all, "dev.cartd.server", LOW_TO_HIGH);
    }

    @ArchTest
    static void rooms_are_small(JavaClasses all) {
        Rooms.areSmall(all, "dev.cartd.server");
    }

    @ArchTest
    static void no_class_is_in_a_circle(JavaClasses all) {
        Rooms.haveNoCircles(all, "dev.cartd.server", List.of(Set.of("Downloads", "Download")));
    }

    @ArchTest
    static final ArchRule READING_AND_SENDING_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("dev.cartd.server.download")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.cartd.server.request");
}
