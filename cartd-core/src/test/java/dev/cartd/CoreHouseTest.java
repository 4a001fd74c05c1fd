package dev.cartd;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

/** The rules of the house for the core. */
@AnalyzeClasses(packages = "dev.cartd", importOptions = ImportOption.DoNotIncludeTests.class)
class CoreHouseTest {
    static final List<String> LOW_TO_HIGH = List.of(
            "dev.cartd.system",
            "dev.cartd.cart",
            "dev.cartd.spi",
            "dev.cartd.bundle",
            "dev.cartd.volume",
            "dev.cartd.limit",
            "dev.cartd.local",
            "dev.cartd.space",
            "dev.cartd.legacy",
            "dev.cartd.claim",
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
    static void the_picture_shows_the_rooms_as_they_are(JavaClasses all) throws IOException {
        assertThat(Files.readString(RoomsPicture.FILE))
                .as("docs/rooms.svg; CONTRIBUTING.md says how to draw it anew")
                .isEqualTo(new RoomsPicture(all, LOW_TO_HIGH).svg());
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
