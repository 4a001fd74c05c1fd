package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What a cart waits for that is not its own work is said, and has an end. */
class DeadlinesTest {
    private static final StageSettings QUICK = new StageSettings(
            8,
            5,
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            16 << 10,
            true,
            Duration.ofMillis(50),
            Duration.ofMillis(5));

    @TempDir
    private Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private Optional<Cartd> started = Optional.empty();

    private Cartd start(StageSettings settings, UnaryOperator<CartdBuilder> more) {
        CartdBuilder builder = Cartd.builder(archive, volume).clock(now::get).settings(settings);
        Cartd cartd = more.apply(builder).start();
        started = Optional.of(cartd);
        return cartd;
    }

    private Cartd start(StageSettings settings) {
        return start(settings, builder -> builder);
    }

    @AfterEach
    void close() {
        archive.stall(false);
        started.ifPresent(Cartd::close);
    }

    @Test
    void whatAnotherCartPullsForTooLongIsPulledAfterAll() {
        MemoryStore store = new MemoryStore(now::get);
        CartRequest first = archive.request("first", false, 100_000);
        CartRequest second = new CartRequest("second", false, first.items());
        Cartd cartd = start(QUICK, builder -> builder.store(store));
        Cart claim = store.claim(store.add(first, 0).id()).orElseThrow();
        assertThat(store.twins()
                        .begin(
                                claim,
                                store.files(claim.id()),
                                Objects.requireNonNull(now.get()).plus(Duration.ofDays(1))))
                .isPresent();

        cartd.submit(second);
        awaitWait("second", Wait.Kind.OTHER_CART);
        assertThat(message("second"))
                .isEqualTo("Another cart has been pulling the same bytes since 02:00 UTC (cart 1);"
                        + " this ends at 04:00 UTC at the latest");
        WorkingTime.pass(cartd, second, now, Duration.ofMinutes(116));
        assertThat(status("second").status()).isEqualTo(CartStatus.STAGING);
        WorkingTime.pass(cartd, second, now, Duration.ofMinutes(8));

        await().until(() -> status("second").status() == CartStatus.READY);
        assertThat(archive.count("pull", "first/0")).isEqualTo(1);
    }

    @Test
    void requestsOfOtherCartsDoNotHoldACartUpForEver() {
        Cartd cartd = start(QUICK.withMaxRequests(1));
        archive.stall(true);
        cartd.submit(archive.request("first", false, 100_000));
        await().until(archive::isStalled);
        CartRequest second = archive.request("second", false, 100);
        cartd.submit(second);
        awaitWait("second", Wait.Kind.PERMITS);
        assertThat(message("second"))
                .matches("Requests of other carts have kept the archive busy since 02:00 UTC"
                        + " \\(it is sent 1 at once\\); this ends at 04:0\\d UTC at the latest");

        WorkingTime.pass(cartd, second, now, Duration.ofMinutes(124));
        await().until(() -> status("second").status() == CartStatus.ERROR);
        assertThat(status("second").reason())
                .startsWith("The cart came no further for 2 hours. Requests of other carts have kept the archive busy");
    }

    @Test
    void aCartThatNeedsMoreMemoryThanThereIsSaysSoAndEnds() {
        Cartd cartd = start(QUICK, builder -> builder.memory(new Memory(400_000)));
        CartRequest request = archive.request("giant", false, new int[2000]);
        cartd.submit(request);
        awaitWait("giant", Wait.Kind.MEMORY);
        assertThat(message("giant"))
                .matches("The server has had no memory for it since 02:00 UTC \\(its files take .* of the .*"
                        + " that carts in work may take\\); 0 of 2000 files are here; this ends at 04:0\\d UTC.*");
        cartd.submit(archive.request("small", false, 10));
        await().until(() -> status("small").status() == CartStatus.READY);

        WorkingTime.pass(cartd, request, now, Duration.ofMinutes(124));
        await().until(() -> status("giant").status() == CartStatus.ERROR);
        assertThat(status("giant").reason()).startsWith("The server has no memory for the cart: its files take ");
    }

    @Test
    void aFileThatIsRefusedAgainAndAgainSaysWhichTryItIs() {
        Cartd cartd = start(new StageSettings(
                8,
                5,
                Duration.ofMinutes(30),
                Duration.ofHours(2),
                16 << 10,
                true,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1)));
        archive.fail(new ScriptedArchive.Faults(0, 0, 100, 1));
        cartd.submit(archive.request("wrong", false, 100));
        awaitWait("wrong", Wait.Kind.REFUSED);
        assertThat(message("wrong"))
                .startsWith("The archive has been failing for a file since 02:00 UTC (file d0/f0, try 1 of 5: md5 is ");
    }

    @Test
    void whatNobodyLooksAfterWaitsForAWorkerWithoutAnEnd() {
        Instant begun = Objects.requireNonNull(now.get());
        Duration most = Duration.ofHours(2);
        MemoryStore store = new MemoryStore(now::get);
        Cart claim = store.claim(
                        store.add(archive.request("left", false, 100), 0).id())
                .orElseThrow();
        Standstill still = claim.standstill()
                .count(begun)
                .waitingFor(Wait.Kind.TAPE, "file d0/f0", begun, Optional.of(most), most);
        store.record(claim.with(still), List.of());
        Cart left = store.live("left").get(0);
        assertThat(left.message(begun))
                .isEqualTo("The archive has been bringing files from tape since 02:00 UTC (file d0/f0);"
                        + " this ends at 04:00 UTC at the latest");
        assertThat(left.waitsUntil(begun)).contains(begun.plus(most));

        Instant later = begun.plus(Standstill.GAP).plusSeconds(1);
        assertThat(left.message(later))
                .isEqualTo("No worker has had time for it since 02:00 UTC"
                        + " (none runs, all are busy, or none has the volume)");
        assertThat(left.waitsUntil(later)).isEmpty();
    }

    private void awaitWait(String uid, Wait.Kind kind) {
        await().until(() -> status(uid)
                .waitsFor(Objects.requireNonNull(now.get()))
                .map(Wait::kind)
                .filter(kind::equals)
                .isPresent());
    }

    private String message(String uid) {
        return status(uid).message(Objects.requireNonNull(now.get()));
    }

    private Cart status(String uid) {
        return started.orElseThrow().status(uid).orElseThrow();
    }
}
