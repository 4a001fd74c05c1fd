package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Carts that are downloaded as zips. */
class ZipTest {
    private static final int[] SIZES = {70_000, 0, 513, 200_000};

    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore memory = new MemoryStore(InstantSource.system());

    /** While it is set, files have no CRC-32, as those that an earlier cartd pulled. */
    private volatile boolean forgets;

    private final List<CartFile> recorded = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch recording = new CountDownLatch(0);
    private CartRequest request;
    private Cartd cartd;

    @BeforeEach
    void start() {
        CartStore store = Around.port(CartStore.class, memory, (method, arguments, port) -> {
            if (method.equals("recordSums")) {
                ((List<?>) arguments.get(1)).forEach(file -> recorded.add((CartFile) file));
                recording.await();
            }
            Object answer = port.call();
            return method.equals("files") && forgets
                    ? ((List<?>) answer)
                            .stream().map(file -> without((CartFile) file)).toList()
                    : answer;
        });
        cartd = Quick.builder(archive, volume).store(store).start();
        request = archive.request("first", false, SIZES);
    }

    @AfterEach
    void close() {
        recording.countDown();
        cartd.close();
    }

    private static CartFile without(CartFile file) {
        return new CartFile(
                file.id(),
                file.archiveId(),
                file.path(),
                file.checksum(),
                file.status(),
                file.reason(),
                file.size(),
                file.mtime(),
                file.online(),
                file.asked(),
                file.shared(),
                file.tries());
    }

    private void stage(String uid, boolean bundle) {
        cartd.submit(new CartRequest(uid, bundle, request.items()));
        await().until(() -> status(uid) == CartStatus.READY);
    }

    private CartStatus status(String uid) {
        return cartd.status(uid).map(Cart::status).orElseThrow();
    }

    private Map<String, byte[]> zip(String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "x.zip", BundleFormat.ZIP);
        assertThat(bundle.format()).isEqualTo(BundleFormat.ZIP);
        assertThat(bundle.filename()).isEqualTo("x.zip");
        byte[] bytes;
        try (var channel = bundle.open(0, bundle.length())) {
            bytes = Channels.newInputStream(channel).readAllBytes();
        }
        Map<String, byte[]> found = new TreeMap<>();
        try (ZipFile zip = ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(bytes))
                .get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (!entry.isDirectory()) {
                    String name = entry.getName();
                    // The library compares the CRC-32.
                    found.put(
                            name.substring(name.indexOf('/') + 1),
                            zip.getInputStream(entry).readAllBytes());
                }
            }
        }
        return found;
    }

    private void assertRight(String uid) throws IOException {
        Map<String, byte[]> tar = Tars.files(cartd, uid);
        Map<String, byte[]> zip = zip(uid);
        assertThat(zip.keySet()).isEqualTo(tar.keySet()).hasSize(SIZES.length);
        tar.forEach((name, bytes) -> assertThat(zip.get(name)).isEqualTo(bytes));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCartIsAZipAtOnceAndTheSameEachTime(boolean bundle) throws IOException {
        stage("one", bundle);

        assertRight("one");
        Bundle zip = cartd.open("one", "x.zip", BundleFormat.ZIP);
        assertThat(cartd.open("one", "x", BundleFormat.ZIP).etag()).isEqualTo(zip.etag());
        assertThat(cartd.open("one", "", BundleFormat.ZIP).filename()).matches("data_[0-9_]{19}\\.zip");
        assertThat(cartd.open("one", "x.tar").etag()).isNotEqualTo(zip.etag());
    }

    /** A twin is linked or copied, and its CRC-32 comes with it. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void aTwinIsAZipAtOnceToo(boolean firstBundle, boolean secondBundle) throws IOException {
        stage("one", firstBundle);
        stage("two", secondBundle);

        assertThat(archive.count("pull", "first/0")).isEqualTo(1);
        assertRight("two");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHasNoCrcGetsItInTheBackground(boolean bundle) throws IOException {
        stage("one", bundle);
        List<CartFile> known = memory.files(1);
        forgets = true;
        recording = new CountDownLatch(1);

        assertThatThrownBy(() -> zip("one"))
                .isInstanceOf(CartException.NotReady.class)
                .hasMessageStartingWith("The zip is not ready for download: ")
                .hasMessageEndingWith(" of 4 files so far.");
        await().untilAsserted(() -> assertThatThrownBy(() -> zip("one")).hasMessageContaining(" of 4 of 4 files"));
        forgets = false;
        recording.countDown();

        await().ignoreExceptionsInstanceOf(CartException.NotReady.class).untilAsserted(() -> assertRight("one"));
        assertThat(recorded).containsExactlyInAnyOrderElementsOf(known);
        assertThat(memory.files(1)).isEqualTo(known);
        assertThat(status("one")).isEqualTo(CartStatus.READY);
    }

    @Test
    void whatIsWrongOnTheVolumeGetsNoCrc() throws IOException {
        stage("one", false);
        Path file =
                volume.resolve("1/one").resolve(request.items().get(3).path().value());
        byte[] wrong = Files.readAllBytes(file);
        wrong[17] ^= 1;
        Files.write(file, wrong);
        forgets = true;

        assertThatThrownBy(() -> zip("one")).isInstanceOf(CartException.NotReady.class);

        await().until(() -> status("one") == CartStatus.ERROR);
        assertThat(cartd.status("one").orElseThrow().reason())
                .startsWith("The cart is damaged: the md5 of file ")
                .contains(request.items().get(3).checksum().value());
    }

    @Test
    void whatIsGoneFromTheVolumeEndsTheCart() throws IOException {
        stage("one", false);
        Files.delete(
                volume.resolve("1/one").resolve(request.items().get(3).path().value()));
        forgets = true;

        assertThatThrownBy(() -> zip("one")).isInstanceOf(CartException.NotReady.class);

        await().until(() -> status("one") == CartStatus.ERROR);
        assertThat(cartd.status("one").orElseThrow().reason()).contains("is gone from the volume");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCartIsABagOfTheDayItBecameReady(boolean bundle) throws IOException {
        stage("one", bundle);
        Bundle bag = cartd.open("one", "x.zip", BundleFormat.BAGIT);
        String top = bundle ? "one" : "x";
        assertThat(bag.filename()).isEqualTo("x.tar");
        Map<String, byte[]> found = Tars.files(bag);
        Map<String, byte[]> tar = Tars.files(cartd, "one");
        assertThat(found).hasSize(4 + tar.size());
        tar.forEach((name, bytes) -> assertThat(found.get("data/" + name)).isEqualTo(bytes));
        assertThat(new String(found.get("bag-info.txt"), StandardCharsets.UTF_8))
                .isEqualTo("Bagging-Date: "
                        + cartd.status("one")
                                .flatMap(Cart::ready)
                                .orElseThrow()
                                .toString()
                                .substring(0, 10)
                        + "\nPayload-Oxum: 270513.4\n");
        assertThat(bag.etag()).isNotEqualTo(cartd.open("one", top + ".tar").etag());
    }

    @Test
    void aCartInWorkIsNoZip() {
        archive.away(true);
        cartd.submit(request);
        assertThatThrownBy(() -> cartd.open("first", "", BundleFormat.ZIP))
                .isInstanceOf(CartException.NotReady.class)
                .hasMessage("The cart is not ready for download.");
    }
}
