package dev.cartd.pull;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FilePullTest {
    private static final int SIZE = 100_000;

    private final ScriptedArchive archive = new ScriptedArchive().add("a", SIZE);
    private final byte[] bytes = archive.bytes("a");
    private Path path;

    @BeforeEach
    void place(@TempDir Path directory) {
        path = directory.resolve("part");
    }

    private FilePull pull() {
        Checksum checksum = new Checksum("md5", ScriptedArchive.hash("MD5", bytes));
        CartFile file = new CartFile(1, "a", "a", checksum, FileStatus.STAGING, "", SIZE, 0, true, 0, false, 0);
        return pull(archive, file);
    }

    private static FilePull pull(Archive archive, CartFile file) {
        return new FilePull(
                from -> archive.pull(file.archiveId(), from, file.size()),
                file,
                4096,
                Timeline.ofMachine(InstantSource.system()));
    }

    private boolean run(FilePull pull, FileChannel to) throws IOException {
        return pull.run(to, 0, () -> false, position -> {});
    }

    private FileChannel channel() throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Test
    void theCrcIsThatOfTheBytesHoweverTheyCame() throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        byte[] wrong = bytes.clone();
        wrong[17] ^= 1;
        for (byte[] left : List.of(new byte[0], bytes, Arrays.copyOf(bytes, SIZE / 2), wrong)) {
            Files.write(path, left);
            FilePull pull = pull();
            pull.resumeAfter(left.length);
            try (FileChannel to = channel()) {
                int turns = 1;
                while (!pull.run(to, 0, () -> true, position -> {})) {
                    turns++;
                }
                assertThat(turns).isGreaterThanOrEqualTo(SIZE / 4096);
            }
            assertThat(pull.crc()).isEqualTo(crc.getValue());
        }
    }

    @Test
    void whatWasInheritedWholeIsNotPulled() throws IOException {
        Files.write(path, bytes);
        FilePull pull = pull();
        pull.resumeAfter(SIZE);
        try (FileChannel to = channel()) {
            assertThat(run(pull, to)).isTrue();
        }
        assertThat(archive.count("pull", "a")).isZero();
    }

    @Test
    void whatWasInheritedAndIsWrongIsPulledAnewInTheSameAttempt() throws IOException {
        for (int left : new int[] {SIZE, SIZE / 2}) {
            byte[] wrong = Arrays.copyOf(bytes, left);
            wrong[17] ^= 1;
            Files.write(path, wrong);
            FilePull pull = pull();
            pull.resumeAfter(left);
            try (FileChannel to = channel()) {
                assertThat(run(pull, to)).isTrue();
            }
            assertThat(archive.pulledFrom("a")).isZero();
            assertThat(path).hasBinaryContent(bytes);
        }
        assertThat(archive.count("pull", "a")).isEqualTo(3);
    }

    @Test
    void whatWasInheritedAndCannotBeReadIsPulledAnewInTheSameAttempt() throws IOException {
        Files.write(path, bytes);
        FilePull pull = pull();
        pull.resumeAfter(SIZE);
        try (FileChannel to = new BadMedium(channel())) {
            assertThat(run(pull, to)).isTrue();
        }
        assertThat(archive.count("pull", "a")).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsPulledAnew() throws IOException {
        Files.write(path, new byte[0]);
        FilePull pull = pull();
        pull.resumeAfter(SIZE);
        try (FileChannel to = channel()) {
            assertThat(run(pull, to)).isTrue();
        }
        assertThat(path).hasBinaryContent(bytes);
    }

    @Test
    void whatTheArchiveSendsWrongIsAFailure() throws IOException {
        archive.fail(new ScriptedArchive.Faults(0, 0, 100, 1));
        byte[] wrong = bytes.clone();
        wrong[17] ^= 1;
        Files.write(path, wrong);
        FilePull pull = pull();
        pull.resumeAfter(SIZE);
        try (FileChannel to = channel()) {
            assertThatThrownBy(() -> run(pull, to))
                    .isInstanceOf(ArchiveException.Refused.class)
                    .hasMessageContaining("expected");
        }
        assertThat(pull.position()).isZero();
    }

    @Test
    void aPullThatWaitsForAnAnswerIsCancelledAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Archive silent = (Archive) Proxy.newProxyInstance(
                Archive.class.getClassLoader(), new Class<?>[] {Archive.class}, (self, method, arguments) -> {
                    asked.countDown();
                    try {
                        Thread.sleep(Duration.ofMinutes(3).toMillis());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new ArchiveException.Unreachable("interrupted");
                });
        Checksum checksum = new Checksum("md5", ScriptedArchive.hash("MD5", bytes));
        CartFile file = new CartFile(1, "a", "a", checksum, FileStatus.STAGING, "", SIZE, 0, true, 0, false, 0);
        FilePull pull = pull(silent, file);
        Files.createFile(path);
        try (FileChannel to = channel()) {
            Future<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
                assertThatThrownBy(() -> run(pull, to)).isInstanceOf(ArchiveException.Unreachable.class);
                return Thread.currentThread().isInterrupted();
            });
            asked.await();
            pull.cancel();
            assertThat(interrupted.get(60, TimeUnit.SECONDS)).isFalse();
            assertThat(to.isOpen()).isTrue();
            assertThatThrownBy(() -> run(pull, to)).hasMessage("the pull was cancelled");
        }
    }
}
