package dev.cartd.system;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FreeSpaceTest {
    @TempDir
    Path directory;

    @Test
    void tellsWhatTheSystemTells() throws IOException {
        FreeSpace space = new FreeSpace(directory);
        assertThat(space.total()).isEqualTo(Files.getFileStore(directory).getTotalSpace());
        assertThat(space.usable()).isPositive().isLessThanOrEqualTo(space.total());
        assertThat(space.usableSoon()).isPositive().isLessThanOrEqualTo(space.total());
    }

    @Test
    void whatIsNotThereCannotBeRead() {
        FreeSpace space = new FreeSpace(directory.resolve("gone"));
        assertThatThrownBy(space::usableSoon).isInstanceOf(IOException.class).hasMessageContaining("gone");
    }

    @Test
    void aFileSystemThatHangsIsAskedOnceAndWaitedForOnce() throws IOException {
        Hanging hanging = new Hanging();
        FreeSpace space = new FreeSpace(directory, hanging, Duration.ofMillis(500));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(space::usableSoon)
                    .isInstanceOf(IOException.class)
                    .hasMessage("its file system does not answer");
        }
        assertThat(hanging.asked).hasValue(1);

        hanging.end.countDown();
        await().ignoreExceptions().until(() -> space.usableSoon() == 17);
        assertThat(hanging.asked).as("no question was queued meanwhile").hasValue(2);
    }

    /** A file system that does not answer until its end. */
    private static final class Hanging extends FileStore {
        final AtomicInteger asked = new AtomicInteger();
        final CountDownLatch end = new CountDownLatch(1);

        @Override
        public long getUsableSpace() throws IOException {
            asked.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return 17;
        }

        @Override
        public String name() {
            return "hanging";
        }

        @Override
        public String type() {
            return "hanging";
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public long getTotalSpace() {
            return 20;
        }

        @Override
        public long getUnallocatedSpace() {
            return 17;
        }

        @Override
        public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
            return false;
        }

        @Override
        public boolean supportsFileAttributeView(String name) {
            return false;
        }

        @Override
        public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
            return null;
        }

        @Override
        public Object getAttribute(String attribute) {
            throw new UnsupportedOperationException(attribute);
        }
    }
}
