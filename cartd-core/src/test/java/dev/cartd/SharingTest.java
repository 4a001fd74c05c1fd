package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Carts that have files in common. */
class SharingTest {
    private static final int[] SIZES = {70_000, 0, 513, 200_000};

    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private CartRequest first;
    private Cartd cartd;

    @BeforeEach
    void start() {
        cartd = Quick.builder(archive, volume).start();
        first = archive.request("first", false, SIZES);
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void whatIsThereIsNeitherAskedForNorPulledAgain(boolean firstBundle, boolean secondBundle) throws IOException {
        cartd.submit(named(first, "one", firstBundle));
        awaitReady("one");

        cartd.submit(named(first, "two", secondBundle));

        awaitReady("two");
        for (int i = 0; i < SIZES.length; i++) {
            assertThat(archive.count("stage", "first/" + i)).isZero();
            assertThat(archive.count("pull", "first/" + i)).isEqualTo(1);
        }
        assertThat(bytes("two").length).isEqualTo(bytes("one").length).isGreaterThan(270_000);
        if (!firstBundle && !secondBundle) {
            assertThat(bytes("two")).isEqualTo(bytes("one"));
        }
        cartd.delete("one");
        await().until(() -> Files.notExists(volume.resolve("1")));
        assertThat(bytes("two")).hasSizeGreaterThan(270_000);
    }

    @Test
    void anotherCartIsLaidOutOnceHoweverManyOfItsFilesAreCopied() throws IOException {
        cartd.close();
        AtomicInteger reads = new AtomicInteger();
        MemoryStore store = new MemoryStore(InstantSource.system());
        CartStore counting = Around.port(CartStore.class, store, (method, arguments, port) -> {
            if (method.equals("files") && arguments.equals(List.of(1L))) {
                reads.incrementAndGet();
            }
            return port.call();
        });
        cartd = Quick.builder(archive, volume).store(counting).start();
        CartRequest many = archive.request("many", true, IntStream.range(0, 300).toArray());
        cartd.submit(named(many, "one", true));
        awaitReady("one");
        reads.set(0);

        cartd.submit(named(many, "two", true));
        awaitReady("two");
        assertThat(reads.get()).isBetween(1, 3);
        assertThat(archive.count("pull", "many/299")).isEqualTo(1);
    }

    /**
     * A power cut can take the directory for unfinished files and leave the tree. Links take no bytes that the books
     * have.
     */
    @Test
    void aCartThatHasLinksOnlyKnowsItsDirectoryWithoutUnfinishedFiles() throws IOException {
        cartd.close();
        MemoryStore store = new MemoryStore(InstantSource.system());
        cartd = Quick.builder(archive, volume).store(store).start();
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        List<CartRequest.Item> items = new ArrayList<>(first.items());
        items.add(archive.add("taped", 100).put("taped", Medium.TAPE).item("taped", "d9/taped"));
        cartd.submit(new CartRequest("two", false, items));
        await().until(() -> cartd.status("two").orElseThrow().progress().staged() == SIZES.length);
        cartd.close();
        try (Stream<Path> unfinished = Files.walk(volume.resolve("2/.part"))) {
            for (Path path : unfinished.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        archive.put("taped", Medium.DISK);
        LocalScheduler scheduler = new LocalScheduler(1);
        cartd = Quick.builder(archive, volume).store(store).scheduler(scheduler).start();
        scheduler.wake(2);

        awaitReady("two");
        assertThat(cartd.status("two").orElseThrow().id()).isEqualTo(2);
    }

    /** After a power cut, or while a cart is being repaired, what its record says may not be what is on the volume. */
    @ParameterizedTest
    @ValueSource(strings = {Durability.UNPROVEN_TEXT, "another-boot"})
    void whatIsNotProvenIsNeverLinked(String boot) throws IOException {
        cartd.close();
        MemoryStore store = new MemoryStore(InstantSource.system());
        CartRequest one = archive.request("one", false, 50_000);
        try (Cartd before = Quick.builder(archive, volume).store(store).start()) {
            before.submit(one);
            await().until(() -> before.status("one").orElseThrow().status() == CartStatus.READY);
        }
        assertThat(store.restage(store.live(2, 1).get(0))).isTrue();
        Cart claim = store.claim(1).orElseThrow();
        assertThat(store.record(
                        claim.with(Durability.of(boot)),
                        List.of(store.files(1).get(0).staged())))
                .isTrue();
        Path file = volume.resolve("1/one/d0/f0");
        FileTime time = Files.getLastModifiedTime(file);
        Files.write(file, new byte[50_000]);
        Files.setLastModifiedTime(file, time);

        cartd = Quick.builder(archive, volume)
                .store(store)
                .scheduler(new LocalScheduler(1))
                .open();
        cartd.submit(named(one, "two", false));
        LocalScheduler alone = new LocalScheduler(1);
        cartd.close();
        cartd = Quick.builder(archive, volume).store(store).scheduler(alone).start();
        alone.wake(2);
        awaitReady("two");
        assertThat(volume.resolve("2/two/d0/f0")).hasBinaryContent(archive.bytes("one/0"));
    }

    @Test
    void linksTakeRoomOnce() throws IOException {
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        long used = used();
        cartd.submit(named(first, "two", false));
        awaitReady("two");

        assertThat(Files.getAttribute(volume.resolve("2/two/d0/f0"), "unix:nlink"))
                .isEqualTo(2);
        assertThat(used()).isEqualTo(used);
        cartd.delete("one");
        await().until(() -> Files.notExists(volume.resolve("1")));
        await().until(() -> cartd.space().snapshot().holders().stream().noneMatch(cart -> cart.cart() == 1));
        assertThat(used())
                .isEqualTo(IntStream.of(SIZES).mapToLong(SpaceStore::taken).sum());
        cartd.delete("two");
        await().until(() -> used() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void askedForAtOnceItIsPulledOnce(boolean bundle) {
        int[] sizes = IntStream.range(0, 150).map(i -> 100 + i).toArray();
        CartRequest many = archive.request("many", false, sizes);
        for (int i = 0; i < 4; i++) {
            cartd.submit(named(many, "cart-" + i, bundle && i % 2 == 0));
        }
        for (int i = 0; i < 4; i++) {
            awaitReady("cart-" + i);
        }
        assertThat(IntStream.range(0, 150).map(i -> archive.count("pull", "many/" + i)))
                .containsOnly(1);
    }

    @Test
    void aPullThatFlowsIsJoined() {
        archive.slow(Duration.ofMillis(300));
        cartd.submit(named(first, "one", false));
        await().until(() -> archive.count("pull", "first/0") == 1);
        cartd.submit(named(first, "two", true));
        awaitReady("two");
        awaitReady("one");

        assertThat(IntStream.range(0, SIZES.length).map(i -> archive.count("pull", "first/" + i)))
                .containsOnly(1);
    }

    @Test
    void aPullWhoseCartGoesIsTakenOver() throws IOException {
        archive.stall(true);
        cartd.submit(named(first, "one", false));
        await().until(archive::isStalled);
        cartd.submit(named(first, "two", false));
        await().until(() -> cartd.status("two").orElseThrow().progress().bytes().orElse(0) > 0);
        archive.stall(false);
        cartd.delete("one");

        awaitReady("two");
        assertThat(bytes("two")).hasSizeGreaterThan(270_000);
    }

    @Test
    void whatIsOnTapeIsNotRecalledIfItIsThere() {
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        for (int i = 0; i < SIZES.length; i++) {
            archive.put("first/" + i, Archive.Medium.TAPE);
        }
        cartd.submit(named(first, "two", false));
        cartd.submit(named(first, "three", true));

        awaitReady("two");
        awaitReady("three");
        assertThat(archive.count("stage", "first/0")).isZero();
    }

    @Test
    void whatIsDifferentInTheArchiveNowIsNotLinked() throws IOException {
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        archive.touch("first/0", ScriptedArchive.MTIME + 7);
        cartd.submit(named(first, "two", false));
        awaitReady("two");

        assertThat(Files.getAttribute(volume.resolve("2/two/d0/f0"), "unix:nlink"))
                .isEqualTo(1);
        assertThat(Files.getLastModifiedTime(volume.resolve("2/two/d0/f0"))
                        .toInstant()
                        .getEpochSecond())
                .isEqualTo(ScriptedArchive.MTIME + 7);
        assertThat(Files.getAttribute(volume.resolve("2/two/d0/f3"), "unix:nlink"))
                .isEqualTo(2);
    }

    @Test
    void turnedOffItIsPulledAgain() {
        cartd.close();
        cartd = Quick.builder(archive, volume).shareFiles(false).start();
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        cartd.submit(named(first, "two", false));
        awaitReady("two");

        assertThat(archive.count("pull", "first/0")).isEqualTo(2);
    }

    @Test
    void aRepairTakesNothingFromTwins() throws IOException {
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        cartd.submit(named(first, "two", false));
        awaitReady("two");
        Files.write(volume.resolve("1/one/d0/f0"), new byte[] {1, 2, 3}, StandardOpenOption.WRITE);

        cartd.restage(cartd.status("two").orElseThrow());
        awaitReady("two");

        assertThat(Files.readAllBytes(volume.resolve("2/two/d0/f0"))).isEqualTo(archive.bytes("first/0"));
        assertThat(archive.count("pull", "first/0")).isEqualTo(2);
        cartd.restage(cartd.status("one").orElseThrow());
        awaitReady("one");
        assertThat(Files.readAllBytes(volume.resolve("1/one/d0/f0"))).isEqualTo(archive.bytes("first/0"));
    }

    @Test
    void aDamagedTwinIsFoundOut() throws IOException {
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        Files.write(volume.resolve("1/one/d0/f0"), new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
        cartd.submit(named(first, "two", true));
        awaitReady("two");

        assertThat(archive.count("pull", "first/0")).isEqualTo(2);
        assertThat(archive.count("pull", "first/3")).isEqualTo(1);
    }

    @Test
    void roomIsFreeWhenTheLastGoes() {
        cartd.close();
        cartd = Quick.builder(archive, volume)
                .space(SpaceSettings.DEFAULT.withSize(400_000))
                .start();
        cartd.submit(named(first, "one", false));
        awaitReady("one");
        cartd.submit(named(first, "two", false));
        awaitReady("two");
        cartd.submit(archive.request("other", false, 150_000));

        awaitReady("other");
        assertThat(cartd.list()).extracting(Cart::uid).containsExactly("other");
    }

    private static CartRequest named(CartRequest request, String uid, boolean bundle) {
        return new CartRequest(uid, bundle, request.items());
    }

    private void awaitReady(String uid) {
        await().until(() -> {
            Cart cart = cartd.status(uid).orElseThrow();
            assertThat(cart.status()).as(cart.reason()).isNotEqualTo(CartStatus.ERROR);
            return cart.status() == CartStatus.READY;
        });
    }

    private long used() {
        return cartd.space().snapshot().used();
    }

    private byte[] bytes(String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "same.tar");
        try (var in = Channels.newInputStream(bundle.open(0, bundle.length()))) {
            return in.readAllBytes();
        }
    }
}
