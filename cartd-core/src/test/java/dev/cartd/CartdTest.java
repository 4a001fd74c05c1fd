package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.Wait;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
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

/** The core as a whole: an archive, a directory, and all else in memory. */
class CartdTest {
    private static final StageSettings QUICK = new StageSettings(
            8,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            64 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    @TempDir
    Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:15:09Z"));
    private final InstantSource clock = now::get;
    private final ScriptedArchive archive = new ScriptedArchive();
    private Cartd cartd;

    @BeforeEach
    void start() {
        cartd = start(QUICK);
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private void restart(StageSettings settings) {
        cartd.close();
        cartd = start(settings);
    }

    private void awaitWait(String uid, Wait.Kind kind) {
        await().untilAsserted(() -> assertThat(
                        cartd.status(uid).orElseThrow().standstill().waitsFor())
                .map(Wait::kind)
                .contains(kind));
    }

    private Cartd start(StageSettings settings) {
        return Cartd.builder(archive, volume).clock(clock).settings(settings).start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bringsACartFromSubmitToDownload(boolean bundle) throws IOException {
        CartRequest request = archive.request("my_cart", bundle, 30, 0, 511, 512, 513, 200_000);
        assertThat(cartd.submit(request).status()).isEqualTo(CartStatus.WAITING);
        Cart cart = awaitReady("my_cart");

        assertThat(cart.progress()).isEqualTo(new Cart.Progress(6, 6, 201_566, 201_566));
        Map<String, byte[]> extracted = extract(cartd.open("my_cart", "x.tar"));
        String top = bundle ? "my_cart/" : "x/";
        assertThat(extracted).hasSize(6);
        for (int i = 0; i < 6; i++) {
            assertThat(extracted.get(top + "d" + i % 3 + "/f" + i)).isEqualTo(archive.bytes("my_cart/" + i));
        }
        Path link = volume.resolve("cartuids/my_cart");
        assertThat(Files.readSymbolicLink(link)).hasToString(bundle ? "../1/my_cart.tar" : "../1/my_cart");
        assertThat(cart.bundlePath()).isEqualTo(link.toRealPath().toString());
        assertThat(names(volume.resolve("1"))).containsExactly(bundle ? "my_cart.tar" : "my_cart");
        if (!bundle) {
            assertThat(Files.getLastModifiedTime(link.resolve("d0/f0")).toInstant())
                    .isEqualTo(Instant.ofEpochSecond(ScriptedArchive.MTIME));
        } else {
            assertThat(Files.readAllBytes(link)).isEqualTo(bytes(cartd.open("my_cart", ""), 0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRangeThatTheTarDoesNotHaveIsRefused(boolean bundle) {
        cartd.submit(archive.request("my_cart", bundle, 10));
        awaitReady("my_cart");
        Bundle tar = cartd.open("my_cart", "x.tar");
        for (long[] range : new long[][] {{-1, 5}, {0, tar.length() + 1}, {6, 5}}) {
            assertThatThrownBy(() -> tar.open(range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void leavesTheWorkToOthersIfItIsToldTo() {
        CartStore store = new MemoryStore(clock);
        Scheduler shared = new LocalScheduler(2);
        try (Cartd front =
                Cartd.builder(archive, volume).store(store).scheduler(shared).open()) {
            front.submit(archive.request("front", false, 10, 20));
            assertThat(front.status("front")).map(Cart::status).contains(CartStatus.WAITING);
            assertThat(archive.count("stage", "front/0")).isZero();
            // It could not be started here if the other one had started it.
            try (Cartd back = Cartd.builder(archive, volume)
                    .store(store)
                    .scheduler(shared)
                    .start()) {
                await().until(() -> front.status("front").orElseThrow().status() == CartStatus.READY);
                assertThat(back.status("front")).isEqualTo(front.status("front"));
            }
        }
    }

    @Test
    void looksAtAllFilesBeforeItPullsAndAsksForThoseOnTape() {
        CartRequest request = archive.request("tape", false, 10, 20, 30);
        archive.put("tape/1", Archive.Medium.TAPE);
        cartd.submit(request);
        await().until(() -> archive.count("status", "tape/1") >= 2);
        assertThat(archive.count("stage", "tape/0")).isZero();
        assertThat(archive.count("stage", "tape/1")).isEqualTo(1);
        // All sizes are known although one file is on tape, so that the others are pulled meanwhile.
        await().until(() -> cartd.status("tape").orElseThrow().progress().staged() == 2);
        assertThat(archive.count("pull", "tape/1")).isZero();
        archive.put("tape/1", Archive.Medium.DISK);
        awaitReady("tape");
        assertThat(archive.count("pull", "tape/0")).isEqualTo(1);
    }

    @Test
    void aFileThatTheArchiveDoesNotHaveFailsTheCartAtOnce() {
        CartRequest.Item good = archive.add("good", 5).item("good", "a/b.txt");
        CartRequest.Item bad = new CartRequest.Item("bad", BundlePath.parse("a/c.txt"), good.checksum());
        cartd.submit(new CartRequest("missing", false, List.of(good, bad)));
        assertThat(awaitError("missing")).isEqualTo("Failed to stage file a/c.txt: the archive does not have it");
    }

    @Test
    void aFileThatDoesNotMatchItsHashFailsTheCartAfterFivePulls() {
        CartRequest.Item good = archive.add("good", 5).item("good", "a/b.txt");
        String wrong = "0".repeat(32);
        cartd.submit(new CartRequest(
                "wrong", false, List.of(new CartRequest.Item("good", good.path(), new Checksum("MD5", wrong)))));
        assertThat(awaitError("wrong"))
                .isEqualTo(
                        "Failed to pull file a/b.txt: md5 is " + good.checksum().value() + ", expected " + wrong);
        assertThat(archive.count("pull", "good")).isEqualTo(5);
        assertThatThrownBy(() -> cartd.open("wrong", "")).isInstanceOf(CartException.Failed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "md5,,Failed to pull file p: an empty text cannot be a md5",
        "md5,zz,Failed to pull file p: zz cannot be a md5",
        "whirlpool,00,Failed to pull file p: hash type whirlpool is not known",
        "'',00,Failed to pull file p: hash type (empty) is not known",
        "blake2b,"
                + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000,"
                + "Failed to pull file p: hash type blake2b is not available in this Java: add a security provider that has BLAKE2B-512"
    })
    void aHashThatCannotBeProvenFailsTheCartWithoutARequest(String type, String value, String reason) {
        archive.add("f", 5);
        Checksum checksum = new Checksum(type, value == null ? "" : value);
        cartd.submit(
                new CartRequest("hash", false, List.of(new CartRequest.Item("f", BundlePath.parse("p"), checksum))));
        assertThat(awaitError("hash")).startsWith(reason);
        assertThat(archive.count("stage", "f")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "md5,MD5",
        "SHA1,SHA-1",
        "SHA-1,SHA-1",
        "SHA-512,SHA-512",
        "sha224,SHA-224",
        "Sha256,SHA-256",
        "sha384,SHA-384",
        "sha512,SHA-512",
        "sha3-224,SHA3-224",
        "sha3_256,SHA3-256",
        "SHA3-384,SHA3-384",
        "sha3_512,SHA3-512"
    })
    void provesByEveryHashTypeOfTheJdkInAnyCase(String type, String algorithm) {
        archive.add("f", 70_000);
        String value = ScriptedArchive.hash(algorithm, archive.bytes("f")).toUpperCase(java.util.Locale.ROOT);
        cartd.submit(new CartRequest(
                "h", false, List.of(new CartRequest.Item("f", BundlePath.parse("p"), new Checksum(type, value)))));
        awaitReady("h");
    }

    @ParameterizedTest
    @CsvSource({"adler32", "crc32", "crc32c"})
    void provesByChecksumsOf32Bits(String type) {
        archive.add("f", 70_000);
        byte[] digest = new Checksum(type, "00000000").newDigest().digest(archive.bytes("f"));
        String right = HexFormat.of().formatHex(digest);
        cartd.submit(new CartRequest("right", false, List.of(CartRequest.Item.of("f", "p", type, right))));
        awaitReady("right");
        cartd.submit(new CartRequest("wrong", false, List.of(CartRequest.Item.of("f", "p", type, "0badf00d"))));
        assertThat(awaitError("wrong")).contains(type + " is " + right + ", expected 0badf00d");
    }

    @Test
    void waitsForAnArchiveThatIsAwayAndGoesOn() {
        archive.away(true);
        cartd.submit(archive.request("away", false, 100, 200));
        awaitWait("away", Wait.Kind.ARCHIVE);
        assertThat(cartd.status("away").orElseThrow().status()).isEqualTo(CartStatus.STAGING);
        archive.away(false);
        assertThat(awaitReady("away").standstill().waitsFor()).isEmpty();
    }

    @Test
    void anArchiveThatStaysAwayFailsTheCartWhenPatienceEnds() {
        archive.away(true);
        CartRequest request = archive.request("away", false, 100);
        cartd.submit(request);
        awaitWait("away", Wait.Kind.ARCHIVE);
        WorkingTime.pass(cartd, request, now, Duration.ofMinutes(31));
        assertThat(awaitError("away"))
                .isEqualTo("Failed to stage file d0/f0: the archive could not be reached for 30 minutes"
                        + " (connection refused)");
    }

    @Test
    void aFileThatStaysOnTapeFailsTheCartWhenPatienceEnds() {
        restart(QUICK.withTapePatience(Duration.ofHours(2)));
        CartRequest request = archive.request("tape", false, 10);
        archive.put("tape/0", Archive.Medium.TAPE);
        cartd.submit(request);
        await().until(() -> archive.count("status", "tape/0") >= 1);
        WorkingTime.pass(cartd, request, now, Duration.ofMinutes(123));
        assertThat(awaitError("tape")).isEqualTo("Failed to stage file d0/f0: still on tape after 2 hours");
    }

    @Test
    void looksAtAFileOnTapeLessAndLessOftenAndNotForEver() {
        restart(QUICK.withTapePatience(Duration.ofHours(2)));
        CartRequest request = archive.request("tape", false, 10);
        archive.put("tape/0", Archive.Medium.TAPE);
        cartd.submit(request);
        await().until(() -> archive.count("status", "tape/0") >= 1);
        for (int looks = 2; looks < 5; looks++) {
            int wanted = looks;
            now.updateAndGet(before -> before.plus(Duration.ofSeconds(1)));
            await().until(() -> archive.count("status", "tape/0") >= wanted);
            cartd.submit(request);
        }
        awaitWait("tape", Wait.Kind.TAPE);
        assertThat(cartd.status("tape").orElseThrow().standstill().stalled())
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
        WorkingTime.pass(cartd, request, now, Duration.ofHours(2));
        awaitError("tape");
    }

    @Test
    void survivesAnArchiveThatRefusesCutsAndCorrupts() throws IOException {
        archive.fail(new ScriptedArchive.Faults(5, 8, 3, 42));
        for (int c = 0; c < 20; c++) {
            cartd.submit(archive.request("c" + c, c % 2 == 0, 10, 3_000, 0, 200_000, 70_000, 512));
        }
        for (int c = 0; c < 20; c++) {
            awaitReady("c" + c);
            Map<String, byte[]> extracted = extract(cartd.open("c" + c, "x.tar"));
            for (int i = 0; i < 6; i++) {
                String top = c % 2 == 0 ? "c" + c : "x";
                assertThat(extracted.get(top + "/d" + i % 3 + "/f" + i)).isEqualTo(archive.bytes("c" + c + "/" + i));
            }
        }
        assertThat(archive.mostAtOnce()).isLessThanOrEqualTo(8);
    }

    @Test
    void aCartThatCannotFitFailsBeforeAnythingIsPulled() {
        CartRequest request = archive.request("huge", true, 10);
        archive.claim("huge/0", Long.MAX_VALUE / 4);
        cartd.submit(request);
        assertThat(awaitError("huge")).startsWith("No Space Available: cart needs 2.3 EB, the volume has ");
        assertThat(archive.count("pull", "huge/0")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeletedCartStopsItsPullsAndLeavesNothing(boolean bundle) {
        archive.stall(true);
        cartd.submit(archive.request("doomed", bundle, 100_000, 100_000));
        await().until(() -> archive.count("pull", "doomed/0") > 0);
        assertThat(cartd.delete("doomed")).isTrue();
        assertThat(cartd.status("doomed")).isEmpty();
        await().untilAsserted(() -> assertThat(names(volume)).containsExactly(".cartd-volume", "cartuids"));
        assertThat(cartd.delete("doomed")).isFalse();
    }

    @Test
    void aCartWhoseArchiveHangsIsDeletedAtOnce() {
        CountDownLatch hang = new CountDownLatch(1);
        AtomicReference<String> asked = new AtomicReference<>("");
        Archive hanging = Around.port(Archive.class, archive, (method, arguments, port) -> {
            if (method.equals("status")) {
                asked.set("status");
                hang.await();
            }
            return port.call();
        });
        cartd.close();
        cartd = Cartd.builder(hanging, volume).clock(clock).settings(QUICK).start();
        cartd.submit(archive.request("hangs", false, 10));
        await().until(() -> "status".equals(asked.get()));
        assertThat(cartd.delete("hangs")).isTrue();

        await().until(() -> cartd.deleted(1).isEmpty());
        assertThat(hang.getCount()).as("it hangs still").isEqualTo(1);
        hang.countDown();
    }

    @Test
    void aReadyCartThatIsDeletedLeavesNothing() {
        cartd.submit(archive.request("done", false, 10));
        awaitReady("done");
        cartd.delete("done");
        await().untilAsserted(() -> assertThat(names(volume)).containsExactly(".cartd-volume", "cartuids"));
        await().untilAsserted(
                        () -> assertThat(names(volume.resolve("cartuids"))).isEmpty());
        assertThatThrownBy(() -> cartd.open("done", "")).isInstanceOf(CartException.NotFound.class);
    }

    @Test
    void theLinkPointsToTheNewestThatIsReady() throws IOException {
        cartd.submit(archive.request("twice", false, 10));
        awaitReady("twice");
        cartd.submit(archive.request("twice", true, 20));
        awaitReady("twice");
        assertThat(Files.readSymbolicLink(volume.resolve("cartuids/twice"))).hasToString("../2/twice.tar");
        assertThat(extract(cartd.open("twice", ""))).containsKey("twice/d0/f0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReadyCartWhoseFilesAreGoneBecomesAnError(boolean bundle) throws IOException {
        cartd.submit(archive.request("gone", bundle, 10, 20));
        awaitReady("gone");
        Bundle before = cartd.open("gone", "g.tar");
        Files.delete(volume.resolve(bundle ? "1/gone.tar" : "1/gone/d1/f1"));
        assertThatThrownBy(() -> before.open(0, before.length())).isInstanceOf(CartException.Failed.class);
        assertThat(awaitError("gone")).startsWith("The cart is damaged: ").contains("gone from the volume");
        assertThatThrownBy(() -> cartd.open("gone", "")).isInstanceOf(CartException.Failed.class);
        assertThat(names(volume.resolve("cartuids"))).isEmpty();
    }

    @Test
    void aVolumeThatIsNotMountedIsNotTakenForCartsThatAreGone() throws IOException {
        cartd.submit(archive.request("safe", false, 10));
        awaitReady("safe");
        Bundle bundle = cartd.open("safe", ""); // Later it might be noticed already that the volume is away.
        Path elsewhere = volume.resolveSibling(volume.getFileName() + "-unmounted");
        Files.move(volume, elsewhere);
        Files.createDirectory(volume);
        try {
            assertThatThrownBy(() -> bundle.open(0, bundle.length())).isInstanceOf(CartException.Unavailable.class);
        } finally {
            Files.delete(volume);
            Files.move(elsewhere, volume);
        }
        await().ignoreExceptionsInstanceOf(CartException.VolumeAway.class)
                .untilAsserted(
                        () -> assertThat(bytes(cartd.open("safe", ""), 0)).isNotEmpty());
    }

    @Test
    void aGiantFileMakesRoomForSmallCartsAndGoesOnWhereItWas() {
        cartd.close();
        StageSettings one = new StageSettings(
                1,
                5,
                Duration.ofHours(1),
                Duration.ofDays(1),
                1 << 10,
                true,
                Duration.ofMillis(1),
                Duration.ofMillis(5));
        cartd = start(one);
        archive.slow(Duration.ofMillis(20));
        cartd.submit(archive.request("giant", false, 600 << 10));
        await().until(() -> archive.count("pull", "giant/0") == 1);
        cartd.submit(archive.request("small", false, 10));
        awaitReady("small");
        assertThat(cartd.status("giant").orElseThrow().status()).isEqualTo(CartStatus.STAGING);
        archive.slow(Duration.ZERO);
        awaitReady("giant");
        assertThat(archive.count("pull", "giant/0")).isGreaterThan(1);
        assertThat(archive.pulledFrom("giant/0")).isPositive();
    }

    @Test
    void aThousandCartsThatWaitForTapeCostNoThreads() {
        restart(StageSettings.DEFAULT); // With short pauses they would be looked at all the time.
        int before = Thread.activeCount();
        List<CartRequest> requests = new ArrayList<>();
        for (int c = 0; c < 1000; c++) {
            requests.add(archive.request("t" + c, false, 10));
            archive.put("t" + c + "/0", Archive.Medium.TAPE);
        }
        requests.forEach(cartd::submit);
        await().atMost(Duration.ofSeconds(30)).until(() -> archive.count("status", "t999/0") > 0);
        assertThat(Thread.activeCount()).isLessThan(before + 30);
        for (int c = 0; c < 1000; c++) {
            archive.put("t" + c + "/0", Archive.Medium.DISK);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cartd.status("t500").orElseThrow().status() == CartStatus.READY);
    }

    @Test
    void goesAboveTheNumbersThatTheVolumeHasAlready() throws IOException {
        cartd.close();
        Files.createDirectories(volume.resolve("41/old"));
        Files.createDirectories(volume.resolve("not-a-cart"));
        cartd = start(QUICK);
        assertThat(cartd.submit(archive.request("new", false, 1)).id()).isEqualTo(42);
        awaitReady("new");
        assertThat(names(volume)).contains("41", "42", "not-a-cart");
    }

    private Cart awaitReady(String uid) {
        return awaitStatus(uid, CartStatus.READY);
    }

    private String awaitError(String uid) {
        return awaitStatus(uid, CartStatus.ERROR).reason();
    }

    private Cart awaitStatus(String uid, CartStatus status) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Cart cart = cartd.status(uid).orElseThrow();
            assertThat(cart.status()).as(cart.reason()).isEqualTo(status);
        });
        return cartd.status(uid).orElseThrow();
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Bundle bundle, long from) throws IOException {
        try (ReadableByteChannel channel = bundle.open(from, bundle.length())) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return all.toByteArray();
        }
    }

    private static Map<String, byte[]> extract(Bundle bundle) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ReadableByteChannel channel = bundle.open(0, bundle.length());
                TarArchiveInputStream tar = new TarArchiveInputStream(Channels.newInputStream(channel))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return files;
    }
}
