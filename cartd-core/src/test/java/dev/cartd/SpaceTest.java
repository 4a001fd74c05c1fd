package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A volume of 640 kB, and carts of 150 kB: four fit. */
class SpaceTest {
    private static final int SIZE = 150_000;

    @TempDir
    private Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:00Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private Cartd cartd;

    @BeforeEach
    void start() {
        cartd = start(true, Duration.ZERO);
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allGetReadyInTurnAndTheOldestGoes(boolean bundle) {
        for (int i = 0; i < 8; i++) {
            cartd.submit(archive.request("cart-" + i, bundle, SIZE));
        }
        await().until(() -> cartd.list().allMatch(cart -> cart.status() == CartStatus.READY)
                && cartd.deleted(10).isEmpty());

        assertThat(cartd.list()).hasSize(4);
        assertThat(cartd.space().snapshot().used()).isBetween(4L * SIZE, 640_000L);
        await().until(() -> directories() == 4);
    }

    @Test
    void whatWasUsedLastStays() throws IOException {
        for (int i = 0; i < 4; i++) {
            ready("cart-" + i);
        }
        read("cart-0");
        later(Duration.ofSeconds(1));
        await().until(() -> cartd.space().pins().isEmpty());

        ready("cart-4");

        assertThat(cartd.status("cart-0")).isPresent();
        assertThat(cartd.status("cart-1")).isEmpty();
        assertThat(cartd.list()).hasSize(4);
    }

    @Test
    void whatIsHiddenGoesFirst() {
        Cart one = ready("one");
        Cart older = ready("two");
        cartd.submit(archive.request("two", true, SIZE));
        Cart newer = awaitStatus("two", CartStatus.READY);
        Cart three = ready("three");

        Cart four = ready("four");

        assertThat(cartd.list())
                .extracting(Cart::id)
                .containsExactly(four.id(), three.id(), newer.id(), one.id())
                .doesNotContain(older.id());
    }

    @Test
    void whatIsBeingReadStaysAndTheOtherWaits() throws IOException {
        ready("large", 600_000);
        Bundle bundle = cartd.open("large", "x.tar");
        try (ReadableByteChannel reader = bundle.open(0, bundle.length())) {
            reader.read(ByteBuffer.allocate(1000));
            cartd.submit(archive.request("next", false, SIZE));
            await().until(() ->
                    !awaitStatus("next", CartStatus.STAGING).reason().isEmpty());
            assertThat(cartd.status("next").orElseThrow().reason()).isEqualTo("Waits for room: it needs 156 kB");
            assertThat(cartd.space().waiting()).hasSize(1);
            ByteBuffer rest = ByteBuffer.allocate((int) bundle.length());
            while (reader.read(rest) > 0) {
                // To the end.
            }
            assertThat(rest.position()).isEqualTo(bundle.length() - 1000);
        }
        awaitStatus("next", CartStatus.READY);
        assertThat(cartd.status("large")).isEmpty();
        assertThatThrownBy(() -> bundle.open(0, 1)).isInstanceOf(CartException.NotFound.class);
    }

    @Test
    void whatCannotFitFailsAtOnceAndNobodyGoesForIt() {
        ready("one");
        cartd.submit(archive.request("giant", false, 700_000));

        assertThat(awaitStatus("giant", CartStatus.ERROR).reason())
                .isEqualTo("No Space Available: cart needs 705 kB, the volume has 640 kB in all");
        assertThat(archive.count("pull", "giant/0")).isZero();
        assertThat(cartd.status("one")).isPresent();
    }

    @Test
    void withoutEvictionItFailsAtOnce() {
        startAgain(false, Duration.ZERO);
        ready("one", 500_000);
        cartd.submit(archive.request("two", false, SIZE));

        assertThat(awaitStatus("two", CartStatus.ERROR).reason()).contains("of it in carts that may not be evicted");
        assertThat(cartd.status("one")).isPresent();
    }

    @Test
    void whatWasUsedLatelyIsSafeForAWhile() {
        startAgain(true, Duration.ofMinutes(10));
        ready("one", 500_000);
        cartd.submit(archive.request("two", false, SIZE));
        assertThat(awaitStatus("two", CartStatus.ERROR).reason()).contains("may not be evicted");
        assertThat(cartd.status("one")).isPresent();
        later(Duration.ofMinutes(11));

        cartd.restage(cartd.status("two").orElseThrow());

        awaitStatus("two", CartStatus.READY);
        assertThat(cartd.status("one")).isEmpty();
    }

    @Test
    void whatIsKeptIsNotEvictedUntilItIsTime() {
        cartd.submit(archive.request("one", false, 500_000), Duration.ofDays(7));
        awaitStatus("one", CartStatus.READY);
        cartd.submit(archive.request("two", false, SIZE));
        awaitStatus("two", CartStatus.ERROR);

        assertThat(cartd.keep(cartd.status("one").orElseThrow(), Duration.ZERO)).isTrue();
        cartd.restage(cartd.status("two").orElseThrow());

        awaitStatus("two", CartStatus.READY);
        assertThat(cartd.status("one")).isEmpty();
    }

    @Test
    void nobodyWaitsForEver() {
        archive.stall(true);
        cartd.submit(archive.request("large", false, 600_000));
        await().until(archive::isStalled);
        CartRequest next = archive.request("next", false, SIZE);
        cartd.submit(next);
        await().until(() -> !awaitStatus("next", CartStatus.STAGING).reason().isEmpty());
        later(Duration.ofDays(1)); // No node ran.
        WorkingTime.pass(cartd, next, now, Duration.ofMinutes(56));
        assertThat(awaitStatus("next", CartStatus.STAGING).message(Objects.requireNonNull(now.get())))
                .startsWith("The volume has had no room for it since ");
        WorkingTime.pass(cartd, next, now, Duration.ofMinutes(4));

        assertThat(awaitStatus("next", CartStatus.ERROR).reason())
                .isEqualTo("No Space Available: cart needs 156 kB, the volume has 640 kB in all,"
                        + " and none became free in 1 hour");
    }

    @Test
    void nothingIsEvictedForNoBytes() {
        ready("one", 300_000);
        assertThatIllegalArgumentException().isThrownBy(() -> cartd.evict(0, "by hand"));
        assertThat(cartd.list()).hasSize(1);
    }

    @Test
    void evictedByHandGoesTheLeastRecentlyUsed() {
        ready("one", 300_000);
        ready("two", 250_000);

        assertThat(cartd.evict(1, "by hand")).hasSize(1);

        assertThat(cartd.list()).extracting(Cart::uid).containsExactly("two");
        await().until(() -> cartd.space().snapshot().used() < 300_000);
    }

    private void startAgain(boolean evict, Duration safe) {
        cartd.close();
        cartd = start(evict, safe);
    }

    private Cartd start(boolean evict, Duration safe) {
        SpaceSettings settings = new SpaceSettings(
                Optional.of(640_000L),
                0,
                evict,
                safe,
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                SpacePolicy.LRU);
        return Quick.builder(archive, volume).clock(now::get).space(settings).start();
    }

    private Cart ready(String uid) {
        return ready(uid, SIZE);
    }

    private Cart ready(String uid, int size) {
        cartd.submit(archive.request(uid, false, size));
        Cart cart = awaitStatus(uid, CartStatus.READY);
        later(Duration.ofSeconds(1));
        return cart;
    }

    private Cart awaitStatus(String uid, CartStatus status) {
        await().until(() -> cartd.status(uid).orElseThrow().status() == status);
        return cartd.status(uid).orElseThrow();
    }

    private void read(String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "");
        try (ReadableByteChannel channel = bundle.open(0, bundle.length())) {
            ByteBuffer all = ByteBuffer.allocate((int) bundle.length());
            while (channel.read(all) > 0) {
                // To the end.
            }
            assertThat(all.hasRemaining()).isFalse();
        }
    }

    private void later(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }

    private long directories() throws IOException {
        try (var entries = Files.list(volume)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .count();
        }
    }
}
