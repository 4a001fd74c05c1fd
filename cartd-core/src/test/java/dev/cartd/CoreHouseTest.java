package dev.cartd;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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
    static void no_class_is_in_a_circle(JavaClasses all) {
        Rooms.haveNoCircles(
                all,
                "dev.cartd",
                List.of(
                        Set.of("Cartd", "CartdBuilder"),
                        Set.of("Layout", "LayoutRange", "LayoutChannel", "TarLayout", "ZipLayout", "BagLayout"),
                        Set.of("MemoryStore", "MemorySpace", "MemoryTwins"),
                        Set.of("Volume", "CartFiles", "CartTree", "CartTar"),
                        Set.of("RequestLimit", "Learned"),
                        Set.of("CartForm", "TreeForm", "TarForm"),
                        Set.of("CartWriter", "TreeWriter", "TarWriter", "OpenFile", "IntoPlace")));
    }

    /** So a test that gives the core a timeline has all of its time and its threads. The others wait for a disk. */
    @ArchTest
    static final ArchRule ALL_TIME_AND_ALL_THREADS_ARE_OF_A_TIMELINE = noClasses()
            .that()
            .haveNameNotMatching("dev\\.cartd\\.(system\\.Timeline|system\\.FreeSpace|volume\\.Disk)(\\$.*)?")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Object.class, "wait")
            .orShould()
            .callMethod(Lock.class, "newCondition")
            .orShould()
            .callMethod(ReentrantLock.class, "newCondition")
            .orShould()
            .callConstructor(Thread.class, Runnable.class)
            .orShould()
            .callConstructor(Thread.class, Runnable.class, String.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                    BlockingQueue.class,
                    CompletableFuture.class,
                    CountDownLatch.class,
                    Executors.class,
                    LockSupport.class,
                    Semaphore.class,
                    ThreadLocalRandom.class,
                    ThreadPoolExecutor.class);

    @ArchTest
    static final ArchRule THE_CORE_NEEDS_ONLY_THE_JDK_AND_COMMONS_COMPRESS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.cartd..", "java..", "org.apache.commons.compress..", "org.jspecify.annotations..");
}
