package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files of a bundled cart that are read before the cart is ready, and what happens to it meanwhile. */
class EarlyFilesTest {
    private static final int SIZE = 100_000;
    private static final StageSettings QUICK = new StageSettings(
            2,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            64 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private Cartd cartd;

    /** Three files of a tar in this order, then one that is on tape, so that the cart is not ready. */
    @BeforeEach
    void start() {
        cartd = started();
        for (String id : List.of("f0", "f1", "f2", "f3")) {
            archive.add(id, SIZE);
        }
        archive.put("f3", Archive.Medium.TAPE);
    }

    private Cartd started() {
        return Cartd.builder(new HookedArchive(archive, this::pulled), volume)
                .store(store)
                .settings(QUICK)
                .start();
    }

    private void pulled(String id) {
        CountDownLatch gate = gates.get(id);
        try {
            if (gate != null) {
                gate.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() {
        gates.values().forEach(CountDownLatch::countDown);
        cartd.close();
    }

    private void submit() {
        List<CartRequest.Item> items = Stream.of("f0", "f1", "f2", "f3")
                .map(id -> archive.item(id, id))
                .toList();
        cartd.submit(new CartRequest("cart", true, items));
    }

    private Cart cart() {
        return cartd.status("cart").orElseThrow();
    }

    private CartFile file(String path) {
        return cartd.details().file(cart(), path).orElseThrow();
    }

    private void awaitStaged(String... paths) {
        await().until(
                        () -> Arrays.stream(paths)
                                .map(path -> file(path).status())
                                .toList(),
                        found -> found.stream().allMatch(FileStatus.STAGED::equals));
    }

    private Bundle open(String path) {
        return cartd.open(cart(), file(path));
    }

    private static byte[] read(BundleChannel channel, int from, int to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(to - from);
        while (bytes.hasRemaining()) {
            channel.read(bytes, from + bytes.position());
        }
        return bytes.array();
    }

    private void assertRight(String path) throws IOException {
        Bundle bundle = open(path);
        assertThat(bundle.length()).isEqualTo(SIZE);
        byte[] bytes = archive.bytes(path);
        try (BundleChannel channel = bundle.open(0, SIZE)) {
            assertThat(read(channel, 0, SIZE)).isEqualTo(bytes);
            assertThat(channel.read(ByteBuffer.allocate(1), SIZE)).isEqualTo(-1);
        }
        try (BundleChannel channel = bundle.open(513, 70_001)) {
            assertThat(read(channel, 513, 70_001)).isEqualTo(Arrays.copyOfRange(bytes, 513, 70_001));
        }
    }

    /** The rest of a file, of which the first half was read: it is right, or it cannot be had. */
    private void assertRestIsRight(BundleChannel channel, String path) throws IOException {
        assertThat(read(channel, SIZE / 2, SIZE)).isEqualTo(Arrays.copyOfRange(archive.bytes(path), SIZE / 2, SIZE));
    }

    private BundleChannel halfRead(String path) throws IOException {
        BundleChannel channel = open(path).open(0, SIZE);
        assertThat(read(channel, 0, SIZE / 2)).isEqualTo(Arrays.copyOf(archive.bytes(path), SIZE / 2));
        return channel;
    }

    @Test
    void eachFileCanBeHadOnceItIsStaged() throws IOException {
        submit();
        awaitStaged("f0", "f1", "f2");

        assertRight("f0");
        assertRight("f2");
        assertThat(cart().status()).isEqualTo(CartStatus.STAGING);
        assertThatThrownBy(() -> open("f3"))
                .isInstanceOf(CartException.NotReady.class)
                .hasMessage("The file is not on the volume yet.");
        try (BundleChannel channel = halfRead("f1")) {
            archive.put("f3", Archive.Medium.DISK);
            await().until(() -> cart().status() == CartStatus.READY);
            assertRestIsRight(channel, "f1");
        }
        for (String path : List.of("f0", "f1", "f2", "f3")) {
            assertRight(path);
        }
    }

    /** The second file turns out to be larger, so that the third one gets another place, in the same tar. */
    @Test
    void aTarThatIsLaidOutAnewGivesNoWrongBytes() throws IOException {
        archive.claim("f1", 17);
        gates.put("f1", new CountDownLatch(1));
        submit();
        awaitStaged("f0", "f2");
        long mtime = file("f2").mtime();

        try (BundleChannel first = halfRead("f0");
                BundleChannel third = halfRead("f2");
                BundleChannel early = halfRead("f2")) {
            gates.put("f2", new CountDownLatch(1));
            archive.claim("f1", SIZE);
            long epoch = cart().epoch();
            gates.get("f1").countDown();
            await().until(() -> file("f2").status() != FileStatus.STAGED && cart().epoch() > epoch);
            assertThatThrownBy(() -> read(early, SIZE / 2, SIZE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is being staged again");
            assertThatThrownBy(() -> open("f2")).isInstanceOf(CartException.NotReady.class);
            gates.get("f2").countDown();
            awaitStaged("f1", "f2");
            assertThat(file("f2").mtime()).isEqualTo(mtime);
            // Where it was before are bytes of the second file now.
            assertRestIsRight(third, "f2");
            assertRestIsRight(first, "f0");
        }
        assertRight("f1");
        assertRight("f2");
        assertThat(cart().status()).isEqualTo(CartStatus.STAGING);
    }

    @Test
    void aDeletedCartEndsTheReading() throws IOException {
        submit();
        awaitStaged("f0");
        Bundle bundle = open("f0");
        try (BundleChannel channel = halfRead("f0")) {
            cartd.delete("cart");
            assertThatThrownBy(() -> read(channel, SIZE / 2, SIZE)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> bundle.open(0, SIZE)).isInstanceOf(CartException.NotFound.class);
    }

    @Test
    void anEvictedCartEndsTheReading() throws IOException {
        submit();
        awaitStaged("f0");
        try (BundleChannel channel = halfRead("f0")) {
            archive.put("f3", Archive.Medium.DISK);
            await().until(() -> cart().status() == CartStatus.READY);
            // A cart that became ready is pinned by the next renewal only; here perhaps there was one already.
            store.space().pin(cart().id(), 0, Instant.now());
            assertThat(cartd.purge(cart())).isTrue();
            assertThatThrownBy(() -> read(channel, SIZE / 2, SIZE)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aRepairMeanwhileGivesNoWrongBytes() throws IOException {
        submit();
        awaitStaged("f0", "f1");
        try (BundleChannel damaged = halfRead("f0");
                BundleChannel whole = halfRead("f1")) {
            archive.put("f3", Archive.Medium.DISK);
            await().until(() -> cart().status() == CartStatus.READY);
            Path tar = volume.resolve("1/cart.tar");
            byte[] bytes = Files.readAllBytes(tar);
            Arrays.fill(bytes, 1024, 1024 + SIZE, (byte) 7);
            Files.write(tar, bytes);
            gates.put("f0", new CountDownLatch(1));
            assertThat(cartd.restage(cart())).isTrue();
            await().until(() -> file("f0").status() != FileStatus.STAGED);
            assertThatThrownBy(() -> read(damaged, SIZE / 2, SIZE)).isInstanceOf(IOException.class);
            await().until(() -> cart().durability().isTrusted());
            assertRestIsRight(whole, "f1");
            gates.get("f0").countDown();
            await().until(() -> cart().status() == CartStatus.READY);
            assertRestIsRight(damaged, "f0");
        }
    }

    @Test
    void afterARestartTheFilesAreThere() throws IOException {
        submit();
        awaitStaged("f0", "f1");
        cartd.close();
        cartd = Cartd.builder(archive, volume).store(store).settings(QUICK).open();

        assertRight("f0");
        assertRight("f1");
        try (BundleChannel channel = halfRead("f1")) {
            archive.put("f3", Archive.Medium.DISK);
            cartd.work();
            submit(); // This joins the cart, and wakes it.
            await().until(() -> cart().status() == CartStatus.READY);
            assertRestIsRight(channel, "f1");
        }
    }

    /** A machine that lost its power may have lost bytes that were recorded. */
    @Test
    void whatIsToBeHashedAgainCannotBeHad() throws IOException {
        submit();
        awaitStaged("f0");
        try (BundleChannel channel = halfRead("f0")) {
            cartd.close();
            Cart claim = store.claim(1).orElseThrow();
            store.record(claim.with(Durability.of("another boot")), List.of());
            cartd = Cartd.builder(archive, volume).store(store).settings(QUICK).open();
            assertThatThrownBy(() -> read(channel, SIZE / 2, SIZE)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> open("f0"))
                    .isInstanceOf(CartException.NotReady.class)
                    .hasMessage("The files of the cart are being hashed again.");
        }
    }
}
