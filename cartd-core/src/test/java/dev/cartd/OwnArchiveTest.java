package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import dev.cartd.spi.ArchiveException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The archive of docs/extending.md: it keeps the contract, a cart comes from it, and the document shows it. */
class OwnArchiveTest extends ArchiveContract {
    @TempDir
    private Path directory;

    private final Shelf shelf = new Shelf();
    private final Archive archive = new FooArchive(shelf);

    /** Files in memory. */
    private static final class Shelf implements FooArchive.Client {
        private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
        private final Map<String, Instant> times = new ConcurrentHashMap<>();
        private final Set<String> cut = ConcurrentHashMap.newKeySet();
        private volatile boolean silent;

        @Override
        public void recall(String id) throws IOException {
            content(id);
        }

        @Override
        public FooArchive.Entry look(String id) throws IOException, InterruptedException {
            if (silent) {
                new CountDownLatch(1).await();
            }
            return new FooArchive.Entry(content(id).length, times.getOrDefault(id, Instant.EPOCH), true);
        }

        @Override
        public InputStream read(String id, long from) throws IOException {
            byte[] all = content(id);
            if (cut.remove(id)) {
                return new SequenceInputStream(new ByteArrayInputStream(all, 0, all.length / 2), new Cut());
            }
            return new BufferedInputStream(new ByteArrayInputStream(all, (int) from, all.length));
        }

        private byte[] content(String id) throws NoSuchFileException {
            byte[] content = contents.get(id);
            if (content == null) {
                throw new NoSuchFileException(id);
            }
            return content;
        }
    }

    private static final class Cut extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            throw new IOException("connection reset");
        }
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) {
        shelf.contents.put(id, content);
        shelf.times.put(id, Instant.ofEpochSecond(mtime, 290_000_000));
    }

    @Override
    protected boolean cut(String id) {
        return shelf.cut.add(id);
    }

    @Test
    void whoIsInterruptedWaitsNoMoreAndStaysInterrupted() {
        shelf.silent = true;
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> archive.status("file")).isInstanceOf(ArchiveException.Unreachable.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void bringsTimesIntoTheRangeAndRefusesSizesThatCannotBe() {
        put("old", new byte[1], -5);
        assertThat(archive.status("old").mtime()).isZero();
        Archive odd = new FooArchive(new FooArchive.Client() {
            @Override
            public void recall(String id) {}

            @Override
            public FooArchive.Entry look(String id) {
                return new FooArchive.Entry(-1, Instant.EPOCH, true);
            }

            @Override
            public InputStream read(String id, long from) {
                return InputStream.nullInputStream();
            }
        });
        assertThatThrownBy(() -> odd.status("odd")).isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    void makesATarOfAFile() throws Exception {
        byte[] content = "time,counts\n0,17\n".getBytes(StandardCharsets.UTF_8);
        put("2026/scan.csv", content, 1_473_806_059);
        String hash = ScriptedArchive.hash("SHA-256", content);
        CartRequest request = new CartRequest(
                "my_cart", false, List.of(CartRequest.Item.of("2026/scan.csv", "scan.csv", "sha256", hash)));
        Path tar = directory.resolve("my_cart.tar");

        download(shelf, directory.resolve("volume"), request, tar);

        try (TarFile found = new TarFile(tar)) {
            TarArchiveEntry last = found.getEntries().get(found.getEntries().size() - 1);
            assertThat(last.getName()).isEqualTo("my_cart/scan.csv");
            assertThat(last.getLastModifiedTime().toInstant()).isEqualTo(Instant.ofEpochSecond(1_473_806_059));
            assertThat(found.getInputStream(last)).hasBinaryContent(content);
        }
    }

    @Test
    void isWhatTheDocumentShowsFirst() throws IOException {
        assertThat(ExtendingDocument.pieces())
                .startsWith(ExtendingDocument.whole(FooArchive.class), ExtendingDocument.example(OwnArchiveTest.class));
    }

    private static void download(FooArchive.Client client, Path volume, CartRequest request, Path tar)
            throws IOException, InterruptedException {
        // The example begins.
        try (Archive foo = new FooArchive(client);
                Cartd cartd = Cartd.builder(foo, volume).maxRequests(4).start()) {
            cartd.submit(request);
            cartd.await("my_cart", Duration.ofHours(1));
            Bundle bundle = cartd.open("my_cart", "my_cart.tar"); // fails with the reason if the cart did
            try (InputStream bytes = Channels.newInputStream(bundle.open(0, bundle.length()))) {
                Files.copy(bytes, tar);
            }
        }
        // The example ends.
    }
}
