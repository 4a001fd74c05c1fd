package dev.cartd.cli.metrics;

import dev.cartd.local.DirectoryArchive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CountedArchiveTest {
    @TempDir
    private Path directory;

    private final CountedArchive.Counts counts = new CountedArchive.Counts();

    @Test
    void countsAnswersFailuresAndBytes() throws IOException {
        Files.writeString(directory.resolve("a"), "four");
        Files.writeString(directory.resolve("empty"), "");
        try (CountedArchive archive = new CountedArchive(new DirectoryArchive(directory), counts)) {
            assertThat(archive.status("a").size()).isEqualTo(4);
            assertThatThrownBy(() -> archive.status("b")).isInstanceOf(ArchiveException.Missing.class);
            archive.stage("a");
            try (InputStream all = archive.pull("a", 0, 4);
                    InputStream end = archive.pull("a", 3, 4);
                    InputStream begin = archive.pull("a", 0, 4);
                    InputStream none = archive.pull("empty", 0, 0)) {
                assertThat(all.readAllBytes()).hasSize(4);
                assertThat(end.readAllBytes()).hasSize(1);
                assertThat(begin.read()).isEqualTo('f');
                assertThat(none.read()).isNegative();
            }
        }
        assertThat(counts.files().sum()).isEqualTo(3);
        assertThat(counts.bytes().sum()).isEqualTo(6);
        assertThat(counts.running().sum()).isZero();
        assertThat(answers(CountedArchive.Method.STATUS)).isEqualTo(2);
        assertThat(answers(CountedArchive.Method.STAGE)).isEqualTo(1);
        assertThat(answers(CountedArchive.Method.PULL)).isEqualTo(4);
        assertThat(failures(CountedArchive.Failure.MISSING)).isEqualTo(1);
        assertThat(failures(CountedArchive.Failure.UNREACHABLE)).isZero();
    }

    @Test
    void countsRequestsForSeveralFiles() throws IOException {
        Files.writeString(directory.resolve("a"), "four");
        try (CountedArchive archive = new CountedArchive(new DirectoryArchive(directory), counts)) {
            assertThat(archive.status(List.of("a", "b"))).hasSize(2);
            assertThat(archive.stage(List.of("a", "b")).failed()).containsOnlyKeys("b");
        }
        assertThat(answers(CountedArchive.Method.STATUS)).isEqualTo(1);
        assertThat(failures(CountedArchive.Failure.MISSING)).isEqualTo(1);
        assertThat(answers(CountedArchive.Method.STAGE)).isEqualTo(1);
    }

    /** A default method that is not passed on would answer in place of the archive. */
    @ParameterizedTest
    @ValueSource(classes = {CountedArchive.class, CountedSteps.class})
    void nothingIsAnsweredInPlaceOfThePort(Class<?> counted) {
        for (Method method : counted.getInterfaces()[0].getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                assertThat(counted.getDeclaredMethods())
                        .as(method.toString())
                        .anyMatch(own -> own.getName().equals(method.getName())
                                && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
            }
        }
    }

    private long answers(CountedArchive.Method method) {
        return Arrays.stream(counts.latency(method).counts()).sum();
    }

    private long failures(CountedArchive.Failure failure) {
        return counts.failures(CountedArchive.Method.STATUS, failure).sum();
    }
}
