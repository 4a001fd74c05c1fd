package dev.cartd.archive.mount;

import dev.cartd.local.DirectoryArchive;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import dev.cartd.spi.ArchiveException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MountedArchiveTest extends ArchiveContract {
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path root;

    private Hanging mount;
    private Archive archive;

    @BeforeEach
    void open() {
        mount = new Hanging(new DirectoryArchive(root));
        archive = archive(Duration.ofSeconds(20));
    }

    private Archive archive(Duration timeout) {
        return new MountedArchive(mount, "/mnt/tapes", timeout, 4);
    }

    @AfterEach
    void close() {
        mount.end.countDown();
        archive.close();
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) throws IOException {
        Path file = root.resolve(id);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(mtime, 290_000_000)));
    }

    @Override
    protected boolean stall(String id) {
        mount.stallsAt = Optional.of(300_000L);
        return true;
    }

    @Test
    void aCallThatHangsIsUnreachableUntilTheMountAnswers() throws IOException {
        put("a", new byte[5], 1);
        mount.hangs = true;
        try (Archive impatient = archive(SHORT)) {
            assertThatThrownBy(() -> impatient.status("a"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessage("/mnt/tapes did not answer for 500 ms: look at its mount");
            assertThatThrownBy(() -> impatient.pull("a", 0, 5)).isInstanceOf(ArchiveException.Unreachable.class);
            assertThatThrownBy(impatient::check).isInstanceOf(ArchiveException.Unreachable.class);
        }
        mount.hangs = false;
        assertThat(archive.status("a").size()).isEqualTo(5);
    }

    @Test
    void callsThatHangAreBounded() throws IOException {
        put("a", new byte[5], 1);
        mount.hangs = true;
        try (Archive impatient = archive(Duration.ofMillis(50))) {
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> impatient.status("a")).hasMessageContaining("did not answer for 50 ms");
            }
            assertThatThrownBy(() -> impatient.status("a"))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessage("/mnt/tapes does not answer: look at its mount");
            assertThat(mount.calls).hasValue(4);

            mount.hangs = false;
            mount.end.countDown();
            await().ignoreExceptions().until(() -> impatient.status("a").size() == 5);
        }
    }

    @Test
    void aReadThatHangsFailsAndTheFileIsClosedWhenTheMountAnswers() throws IOException {
        put("a", new byte[1_000_000], 1);
        stall("a");
        try (Archive impatient = archive(SHORT)) {
            InputStream content = impatient.pull("a", 0, 1_000_000);
            assertThatThrownBy(content::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessage("/mnt/tapes did not answer for 500 ms: look at its mount");
            assertThatThrownBy(content::read).hasMessage("the stream is closed");
            content.close();
            assertThat(mount.closed)
                    .as("nobody closes a file that is being read")
                    .hasValue(0);

            mount.end.countDown();
            await().until(() -> mount.closed.get() == 1);
        }
    }

    @Test
    void aFileThatIsOpenedTooLateIsClosed() throws IOException {
        put("a", new byte[5], 1);
        mount.hangs = true;
        try (Archive impatient = archive(SHORT)) {
            assertThatThrownBy(() -> impatient.pull("a", 0, 5)).isInstanceOf(ArchiveException.Unreachable.class);
            mount.end.countDown();
            await().until(() -> mount.closed.get() == 1);
        }
    }

    @Test
    void whoIsInterruptedDoesNotWait() throws Exception {
        put("a", new byte[5], 1);
        mount.hangs = true;
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> archive.status("a")).isInstanceOf(ArchiveException.Unreachable.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** A mount that answers when it is told to. */
    private static final class Hanging implements Archive {
        final CountDownLatch end = new CountDownLatch(1);
        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        volatile boolean hangs;
        volatile Optional<Long> stallsAt = Optional.empty();
        private final Archive files;

        Hanging(Archive files) {
            this.files = files;
        }

        private void answer() {
            calls.incrementAndGet();
            if (hangs) {
                hang();
            }
        }

        private void hang() {
            boolean waits = true;
            while (waits) {
                try {
                    end.await();
                    waits = false;
                } catch (InterruptedException e) {
                    waits = true; // A mount does not care.
                }
            }
        }

        @Override
        public void stage(String id) {
            files.stage(id);
        }

        @Override
        public Found status(String id) {
            answer();
            return files.status(id);
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            answer();
            long stalls = stallsAt.orElse(Long.MAX_VALUE);
            stallsAt = Optional.empty();
            return new FilterInputStream(files.pull(id, from, size)) {
                private long read;

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (read > stalls) {
                        hang();
                    }
                    int count = super.read(bytes, offset, length);
                    read += count;
                    return count;
                }

                @Override
                public void close() throws IOException {
                    closed.incrementAndGet();
                    super.close();
                }
            };
        }

        @Override
        public void check() {
            answer();
        }

        @Override
        public void close() {}
    }
}
