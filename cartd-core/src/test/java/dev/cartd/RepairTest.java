package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.claim.StageSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Carts that are listed, repaired and purged. */
class RepairTest {
    private static final StageSettings QUICK = new StageSettings(
            8,
            2,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            64 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    @TempDir
    Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:15:09Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private Cartd cartd;

    @BeforeEach
    void start() {
        cartd = Cartd.builder(archive, volume).clock(now::get).settings(QUICK).start();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWholeCartIsHashedAndStaysWhatItWas(boolean bundle) throws IOException {
        Cart ready = ready("one", bundle);
        byte[] before = download("one");
        String etag = cartd.open("one", "").etag();
        later();

        assertThat(cartd.restage(ready)).isTrue();

        Cart again = awaitStatus("one", CartStatus.READY);
        assertThat(again.epoch()).isGreaterThan(ready.epoch());
        assertThat(again.durability()).isEqualTo(Durability.SYNCED);
        assertThat(download("one")).isEqualTo(before);
        assertThat(cartd.open("one", "").etag()).isEqualTo(etag);
        assertThat(pulls("one")).containsExactly(1, 1, 1);
        assertThat(volume.resolve("1/.part")).doesNotExist();
        assertThat(volume.resolve("cartuids/one").toRealPath()).isEqualTo(Path.of(again.bundlePath()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyWhatIsDamagedIsPulledAgain(boolean bundle) throws IOException {
        Cart ready = ready("one", bundle);
        byte[] before = download("one");
        if (bundle) {
            int middle = indexOf(before, archive.bytes("one/1"));
            overwrite(Path.of(ready.bundlePath()), middle + 100);
        } else {
            overwrite(volume.resolve("1/one/d1/f1"), 100);
        }

        cartd.restage(ready);

        awaitStatus("one", CartStatus.READY);
        assertThat(download("one")).isEqualTo(before);
        assertThat(pulls("one")).containsExactly(1, 2, 1);
    }

    @Test
    void whatIsGoneIsPulledAgain() throws IOException {
        Cart streamed = ready("one", false);
        Cart bundled = ready("two", true);
        byte[] before = download("two");
        Files.delete(volume.resolve("1/one/d2/f2"));
        Files.delete(volume.resolve("1/one/d1/f1"));
        Files.createDirectory(volume.resolve("1/one/d3"));
        Files.createSymbolicLink(volume.resolve("1/one/d1/f1"), volume.resolve("1/one/d0/f0"));
        Files.delete(Path.of(bundled.bundlePath()));

        cartd.restage(streamed);
        cartd.restage(bundled);

        awaitStatus("one", CartStatus.READY);
        awaitStatus("two", CartStatus.READY);
        assertThat(pulls("one")).containsExactly(1, 2, 2);
        assertThat(pulls("two")).containsExactly(2, 2, 2);
        assertThat(download("two")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTarThatWasCutIsMadeWhole(boolean grown) throws IOException {
        Cart ready = ready("one", true);
        byte[] before = download("one");
        Path tar = Path.of(ready.bundlePath());
        if (grown) {
            Files.write(tar, new byte[5000], StandardOpenOption.APPEND);
        } else {
            try (FileChannel channel = FileChannel.open(tar, StandardOpenOption.WRITE)) {
                channel.truncate(before.length / 2);
            }
        }
        cartd.restage(ready);
        awaitStatus("one", CartStatus.READY);
        assertThat(download("one")).isEqualTo(before);
        assertThat(pulls("one").get(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCartInErrorKeepsWhatIsGoodAndGetsTheRest(boolean bundle) throws IOException {
        CartRequest request = archive.request("one", bundle, 70_000, 80_000, 10);
        byte[] right = archive.bytes("one/2");
        archive.add("one/2", 11);
        cartd.submit(request);
        Cart failed = awaitStatus("one", CartStatus.ERROR);
        assertThat(failed.progress().staged()).isEqualTo(2);

        assertThat(cartd.restage(failed)).isTrue();
        Cart again = awaitAfter(failed, CartStatus.ERROR);
        assertThat(again.reason()).startsWith("Failed to pull file d2/f2: md5 is ");
        assertThat(again.progress().staged()).isEqualTo(2);
        assertThat(pulls("one").subList(0, 2)).containsExactly(1, 1);

        archive.add("one/2", 10);
        assertThat(archive.bytes("one/2")).isEqualTo(right);
        cartd.restage(again);
        awaitStatus("one", CartStatus.READY);
        assertThat(pulls("one").subList(0, 2)).containsExactly(1, 1);
        assertThat(indexOf(download("one"), right)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesThatWereWrongAreNotGoneOnWith(boolean bundle) {
        archive.fail(new ScriptedArchive.Faults(0, 0, 100, 7));
        cartd.submit(archive.request("one", bundle, 20_000_000, 10));
        Cart failed = awaitStatus("one", CartStatus.ERROR);
        archive.fail(new ScriptedArchive.Faults(0, 0, 0, 7));
        cartd.restage(failed);
        awaitStatus("one", CartStatus.READY);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20_000_000})
    void bytesThatAreWrongEachTimeFailTheCartThoughItsStepsAreShort(int size) {
        StageSettings patient = new StageSettings(
                8,
                4,
                Duration.ofMinutes(30),
                Duration.ofDays(2),
                64 << 10,
                true,
                Duration.ofMillis(1),
                Duration.ofMillis(5));
        for (boolean bundle : new boolean[] {false, true}) {
            cartd.close();
            archive.fail(new ScriptedArchive.Faults(0, 0, 100, 7));
            cartd = Cartd.builder(archive, volume)
                    .clock(now::get)
                    .settings(patient)
                    .start();
            cartd.submit(archive.request("one", bundle, size));
            assertThat(awaitStatus("one", CartStatus.ERROR).reason()).startsWith("Failed to pull file d0/f0: md5 is ");
        }
    }

    @Test
    void whatIsOnlyOpenedLeavesTheWorkUntilItIsTold() {
        cartd.close();
        cartd = Cartd.builder(archive, volume).clock(now::get).settings(QUICK).open();
        cartd.submit(archive.request("waits", false, 1));
        assertThat(cartd.status("waits").orElseThrow().status()).isEqualTo(CartStatus.WAITING);
        cartd.work();
        awaitStatus("waits", CartStatus.READY);
    }

    @Test
    void cartsInWorkAreNeitherRestagedNorPurged() {
        archive.away(true);
        cartd.submit(archive.request("one", false, 1));
        Cart working = awaitStatus("one", CartStatus.STAGING);
        assertThat(cartd.restage(working)).isFalse();
        assertThat(cartd.purge(working)).isFalse();
    }

    @Test
    void aPurgeTakesOneCartAndItsFiles() throws IOException {
        Cart older = ready("one", false);
        CartRequest other = archive.request("other", false, 5);
        cartd.submit(new CartRequest("one", true, other.items()));
        await().until(() -> cartd.list().allMatch(cart -> cart.status() == CartStatus.READY));
        assertThat(cartd.list()).extracting(Cart::id).containsExactly(2L, 1L);
        Cart newer = cartd.status("one").orElseThrow();

        assertThat(cartd.purge(older)).isTrue();
        assertThat(cartd.purge(older)).isFalse();

        assertThat(cartd.list()).extracting(Cart::id).containsExactly(2L);
        await().until(() -> Files.notExists(volume.resolve("1")));
        assertThat(volume.resolve("cartuids/one").toRealPath()).isEqualTo(Path.of(newer.bundlePath()));
        assertThat(cartd.purge(newer)).isTrue();
        await().until(() -> Files.notExists(volume.resolve("2"))
                && Files.notExists(volume.resolve("cartuids/one"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void whatWasUsedSinceIsNotPurged() throws IOException {
        Cart seen = ready("one", false);
        later();
        download("one");
        assertThat(cartd.purge(seen)).isFalse();
        // It is pinned for a moment more.
        await().until(() -> cartd.purge(cartd.status("one").orElseThrow()));
    }

    private Cart ready(String uid, boolean bundle) {
        cartd.submit(archive.request(uid, bundle, 70_000, 80_000, 10));
        return awaitStatus(uid, CartStatus.READY);
    }

    private List<Integer> pulls(String uid) {
        return List.of(
                archive.count("pull", uid + "/0"),
                archive.count("pull", uid + "/1"),
                archive.count("pull", uid + "/2"));
    }

    private Cart awaitStatus(String uid, CartStatus status) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Cart cart = cartd.status(uid).orElseThrow();
            assertThat(cart.status()).as(cart.reason()).isEqualTo(status);
        });
        return cartd.status(uid).orElseThrow();
    }

    private Cart awaitAfter(Cart before, CartStatus status) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cartd.reload(before)
                        .filter(cart -> cart.epoch() > before.epoch() && cart.status() == status)
                        .isPresent());
        return cartd.reload(before).orElseThrow();
    }

    private void later() {
        now.updateAndGet(before -> before.plusSeconds(100));
    }

    private byte[] download(String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "");
        try (ReadableByteChannel channel = bundle.open(0, bundle.length())) {
            return Channels.newInputStream(channel).readAllBytes();
        }
    }

    private static void overwrite(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), at);
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }
}
