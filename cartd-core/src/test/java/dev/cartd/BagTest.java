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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Carts with hashes of several types that are downloaded as bags. */
class BagTest {
    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();

    /** How far the clock of the thread that reads the files jumps ahead, each time it looks. */
    private volatile Duration jump = Duration.ZERO;

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final MemoryStore memory = new MemoryStore(InstantSource.system());
    private final List<CartFile> recorded = new CopyOnWriteArrayList<>();
    private final AtomicInteger recordings = new AtomicInteger();

    /** Of how many files the answers have said that they are read. */
    private final Set<String> progress = new ConcurrentSkipListSet<>();

    private volatile CountDownLatch recording = new CountDownLatch(0);
    private Cartd cartd;

    @BeforeEach
    void start() {
        CartStore store = Around.port(CartStore.class, memory, (method, arguments, port) -> {
            if (method.equals("recordSums")) {
                recordings.incrementAndGet();
                ((List<?>) arguments.get(1)).forEach(file -> recorded.add((CartFile) file));
                recording.await();
            }
            return port.call();
        });
        cartd = Quick.builder(archive, volume)
                .store(store)
                .clock(this::now)
                .shareFiles(false)
                .start();
        for (String id : List.of("a", "b", "c", "d")) {
            archive.add(id, id.equals("b") ? 0 : 70_000);
        }
    }

    private Instant now() {
        Duration jumped = Thread.currentThread().getName().equals("cartd-sums")
                ? ahead.accumulateAndGet(jump, Duration::plus)
                : ahead.get();
        return Instant.now().plus(jumped);
    }

    @AfterEach
    void close() {
        recording.countDown();
        cartd.close();
    }

    private void stage(String uid, boolean bundle) {
        cartd.submit(new CartRequest(
                uid,
                bundle,
                List.of(
                        archive.item("a", "x/a"),
                        archive.item("b", "x/b", "sha1", "SHA-1"),
                        archive.item("c", "x/100% c", "sha256", "SHA-256"),
                        archive.item("d", "d"))));
        await().until(() -> status(uid) == CartStatus.READY);
    }

    private CartStatus status(String uid) {
        return cartd.status(uid).map(Cart::status).orElseThrow();
    }

    private Bundle bag(String uid) {
        try {
            return cartd.open(uid, "my.tar", BundleFormat.BAGIT);
        } catch (CartException.NotReady e) {
            progress.add(e.getMessage().replaceAll(".* of ([0-9]+) of ([0-9]+) files so far[.]", "$2"));
            throw e;
        }
    }

    private Bundle awaitBag(String uid) {
        await().ignoreExceptionsInstanceOf(CartException.NotReady.class)
                .untilAsserted(() -> assertThat(bag(uid)).isNotNull());
        return bag(uid);
    }

    private static String text(Map<String, byte[]> files, String name) {
        return new String(files.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    }

    private String sha256(String id) {
        return ScriptedArchive.hash("SHA-256", archive.bytes(id));
    }

    private void assertRight(Bundle bag) throws IOException {
        Map<String, byte[]> found = Tars.files(bag);
        assertThat(found.keySet())
                .containsExactlyInAnyOrder(
                        "bagit.txt",
                        "bag-info.txt",
                        "manifest-sha256.txt",
                        "tagmanifest-sha256.txt",
                        "data/x/a",
                        "data/x/b",
                        "data/x/100% c",
                        "data/d");
        assertThat(found.get("data/x/100% c")).isEqualTo(archive.bytes("c"));
        assertThat(text(found, "manifest-sha256.txt").lines())
                .containsExactlyInAnyOrder(
                        sha256("a") + "  data/x/a",
                        sha256("b") + "  data/x/b",
                        sha256("c") + "  data/x/100%25 c",
                        sha256("d") + "  data/d");
        assertThat(text(found, "bag-info.txt")).endsWith("Payload-Oxum: 210000.4\n");
        assertThat(text(found, "tagmanifest-sha256.txt"))
                .contains(ScriptedArchive.hash("SHA-256", found.getOrDefault("manifest-sha256.txt", new byte[0]))
                        + "  manifest-sha256.txt\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itsFilesAreReadOnceForTheSha256sThatTheyLack(boolean bundle) throws IOException {
        stage("one", bundle);
        recording = new CountDownLatch(1);

        assertThatThrownBy(() -> bag("one"))
                .isInstanceOf(CartException.NotReady.class)
                .hasMessageStartingWith(
                        "The bag is not ready for download: the checksums that it needs are being" + " computed, of ")
                .hasMessageEndingWith(" of 3 files so far.");
        // The tar and the zip need nothing of it.
        assertThat(cartd.open("one", "my.tar").length()).isGreaterThan(210_000);
        assertThat(cartd.open("one", "my.tar", BundleFormat.ZIP).length()).isGreaterThan(210_000);
        recording.countDown();

        assertRight(awaitBag("one"));
        assertThat(recorded).extracting(CartFile::archiveId).containsExactlyInAnyOrder("a", "b", "d");
        assertThat(memory.files(1))
                .extracting(CartFile::sha256)
                .containsExactly(
                        Optional.of(sha256("a")), Optional.of(sha256("b")), Optional.empty(), Optional.of(sha256("d")));
        Bundle again = bag("one");
        assertThat(again.etag())
                .isEqualTo(bag("one").etag())
                .isNotEqualTo(cartd.open("one", "my.tar").etag());
        assertThat(status("one")).isEqualTo(CartStatus.READY);
    }

    @Test
    void whatIsWrongOnTheVolumeGetsNoSha256() throws IOException {
        stage("one", false);
        Path file = volume.resolve("1/one/d");
        byte[] wrong = Files.readAllBytes(file);
        wrong[17] ^= 1;
        Files.write(file, wrong);

        assertThatThrownBy(() -> bag("one")).isInstanceOf(CartException.NotReady.class);

        await().until(() -> status("one") == CartStatus.ERROR);
        assertThat(cartd.status("one").orElseThrow().reason()).startsWith("The cart is damaged: the md5 of file d is ");
        assertThat(memory.files(1))
                .filteredOn(found -> found.path().equals("d"))
                .noneMatch(found -> found.sha256().isPresent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReadingEndsSoonAfterTheCartWasDeleted(boolean bundle) {
        jump = Duration.ofSeconds(2);
        recording = new CountDownLatch(1);
        stage("one", bundle);
        assertThatThrownBy(() -> bag("one")).isInstanceOf(CartException.NotReady.class);
        await().until(() -> recordings.get() > 0);
        cartd.delete("one");
        recording.countDown();

        // Carts are read one after the other.
        stage("two", bundle);
        awaitBag("two");
        assertThat(recorded.stream().filter(file -> file.id() <= 4)).hasSizeLessThan(2);
    }

    @Test
    void aReadingThatTakesTooLongIsContinuedByTheNextRequest() throws IOException {
        stage("one", false);
        jump = Duration.ofHours(2);

        assertRight(awaitBag("one"));
        // Each reading has come as far as one file.
        assertThat(progress).isEqualTo(new TreeSet<>(Set.of("1", "2", "3")));
    }

    @Test
    void aPinKeepsTheCartWhileItIsRead() {
        stage("one", false);
        recording = new CountDownLatch(1);
        assertThatThrownBy(() -> bag("one")).isInstanceOf(CartException.NotReady.class);
        await().until(() -> !recorded.isEmpty());

        assertThat(cartd.purge(cartd.status("one").orElseThrow())).isFalse();
        recording.countDown();
        awaitBag("one");
    }

    @Test
    void aTwinHasTheSha256Too() {
        cartd.close();
        cartd = Quick.builder(archive, volume).store(memory).start();
        stage("one", false);
        awaitBag("one");
        stage("two", false);

        Map<String, Optional<String>> known = new TreeMap<>();
        memory.files(2).forEach(file -> known.put(file.archiveId(), file.sha256()));
        assertThat(known.get("d")).contains(sha256("d"));
        assertThat(bag("two").length()).isEqualTo(bag("one").length());
    }
}
