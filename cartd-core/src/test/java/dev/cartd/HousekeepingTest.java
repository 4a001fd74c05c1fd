package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Stray;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.Space;
import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import dev.cartd.upkeep.Housekeeping;
import dev.cartd.upkeep.VolumeCheck;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

/** What is found on the volume at the start, and now and then. */
class HousekeepingTest {
    @TempDir
    private Path volume;

    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final ScriptedArchive archive = new ScriptedArchive();
    private Cartd cartd;

    @BeforeEach
    void start() {
        cartd = builder().start();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private CartdBuilder builder() {
        return Quick.builder(archive, volume).store(store);
    }

    private void startAgain(CartdBuilder builder) {
        cartd.close();
        cartd = builder.start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReadyCartWhoseFilesAreGoneIsDamagedAndCanBeRepaired(boolean bundle) throws IOException {
        ready("one", bundle);
        ready("two", bundle);
        remove(volume.resolve("1"));
        startAgain(builder());

        Cart damaged = awaitStatus("one", CartStatus.ERROR);
        assertThat(damaged.reason()).isEqualTo("The cart is damaged: its files are gone from the volume");
        await().until(() -> Files.notExists(volume.resolve("cartuids/one"), LinkOption.NOFOLLOW_LINKS));
        assertThat(cartd.status("two").orElseThrow().status()).isEqualTo(CartStatus.READY);
        cartd.restage(damaged);
        awaitStatus("one", CartStatus.READY);
    }

    @Test
    void aVolumeThatIsNotMountedDamagesNothing() throws IOException {
        ready("one", false);
        cartd.close();
        cartd = builder().open();
        remove(volume.resolve("1"));
        remove(volume.resolve("cartuids"));
        Path away = Files.move(volume.resolve(".cartd-volume"), volume.resolve("away"));
        cartd.work();

        await().until(() -> statusIsUnavailable());
        assertThat(store.live("one").get(0).status()).isEqualTo(CartStatus.READY);
        assertThat(volume.resolve("cartuids")).doesNotExist();

        Files.move(away, volume.resolve(".cartd-volume"));
        awaitStatus("one", CartStatus.ERROR);
    }

    private boolean statusIsUnavailable() {
        try {
            cartd.status("one");
            return false;
        } catch (CartException.VolumeAway e) {
            return true;
        }
    }

    @Test
    void linksThatPointNowhereArePutRight() throws IOException {
        ready("one", false);
        Path link = volume.resolve("cartuids/one");
        Path lost = volume.resolve("cartuids/lost");
        Path foreign = volume.resolve("cartuids/foreign");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("../99/one"));
        Files.createSymbolicLink(lost, Path.of("../99/lost"));
        Files.createSymbolicLink(foreign, Path.of("/nowhere/at/all"));
        startAgain(builder());

        await().until(() -> Files.exists(link));
        await().until(() -> Files.notExists(lost, LinkOption.NOFOLLOW_LINKS));
        assertThat(Files.isSymbolicLink(foreign)).isTrue();
    }

    @Test
    void straysAreListedAndOnlyWhatCartdMadeIsSwept() throws IOException {
        ready("one", false);
        Files.createDirectories(volume.resolve("77/somebody"));
        Files.writeString(volume.resolve("78"), "a file");
        Files.createDirectories(volume.resolve("data"));
        cartd.close();
        cartd = Quick.builder(archive, volume).start(); // It remembers nothing of the cart.

        assertThat(cartd.strays()).extracting(Stray::directory).containsExactly(real("1"), real("77"));
        assertThat(cartd.strays()).extracting(Stray::made).containsExactly(true, false);
        ready("two", false);
        assertThat(cartd.strays()).hasSize(2);

        assertThat(cartd.sweep()).extracting(Stray::directory).containsExactly(real("1"));

        assertThat(volume.resolve("1")).doesNotExist();
        assertThat(volume.resolve("77/somebody")).exists();
        assertThat(volume.resolve("data")).exists();
        assertThat(cartd.status("two").orElseThrow().status()).isEqualTo(CartStatus.READY);
    }

    @Test
    void straysGoByThemselvesAfterALongTime() throws IOException {
        ready("one", false);
        cartd.close();
        AtomicInteger checks = new AtomicInteger();
        CartStore other =
                Around.port(CartStore.class, new MemoryStore(InstantSource.system()), (method, args, port) -> {
                    checks.addAndGet(method.equals("forget") ? 1 : 0); // What a check does last.
                    return port.call();
                });
        cartd = Quick.builder(archive, volume).store(other).start();
        await().until(() -> checks.get() > 0);
        assertThat(volume.resolve("1")).exists();
        cartd.close();
        cartd = Quick.builder(archive, volume)
                .clock(() -> InstantSource.system().instant().plus(Duration.ofDays(31)))
                .start();

        await().until(() -> Files.notExists(volume.resolve("1")));
    }

    @ParameterizedTest
    @CsvSource({"0, ", "101, ", "80, 81", ", 50"})
    void marksThatCannotBeAreRefused(@Nullable Integer high, @Nullable Integer low) {
        SpaceSettings ok = SpaceSettings.DEFAULT;
        assertThatThrownBy(() -> new SpaceSettings(
                        ok.size(),
                        ok.keepFree(),
                        ok.evict(),
                        ok.safe(),
                        Optional.ofNullable(high),
                        Optional.ofNullable(low),
                        ok.patience(),
                        ok.policy()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aboveTheHighMarkCartsGoDownToTheLowOne() {
        SpaceSettings marks = new SpaceSettings(
                Optional.of(1_000_000L),
                0,
                true,
                Duration.ZERO,
                Optional.of(80),
                Optional.of(50),
                Duration.ofHours(1),
                SpacePolicy.LRU);
        for (int i = 0; i < 5; i++) {
            ready("cart-" + i, false);
        }
        assertThat(cartd.list()).hasSize(5);
        startAgain(builder().space(marks));

        await().until(() -> cartd.space().snapshot().used() <= 500_000);
        assertThat(cartd.list()).extracting(Cart::uid).containsExactly("cart-4", "cart-3");
        assertThat(cartd.list()).allMatch(cart -> cart.status() == CartStatus.READY);
    }

    private Path real(String name) throws IOException {
        return volume.toRealPath().resolve(name);
    }

    @Test
    void whatFailsAgainAndAgainIsLoggedOnceUntilItWorks() {
        AtomicInteger tries = new AtomicInteger();
        CartStore failing = Around.port(CartStore.class, store, (method, arguments, port) -> {
            if (method.equals("forget") && tries.incrementAndGet() != 4) {
                throw new CartException.Unavailable("the database is away");
            }
            return port.call();
        });
        Volume at = new Volume(volume, store, Timeline.ofMachine(InstantSource.system()));
        Space space = new Space(at, store.space(), SpaceSettings.DEFAULT, InstantSource.system());
        VolumeWatch watch = new VolumeWatch(at.mark(), false, Quick.PAUSE, Timeline.ofMachine(InstantSource.system()));
        Duration keep = Duration.ofDays(30);
        try (LoggedLines lines = new LoggedLines();
                Housekeeping house = new Housekeeping(
                        failing,
                        new VolumeCheck(store, at),
                        watch,
                        space,
                        id -> {},
                        keep,
                        Timeline.ofMachine(InstantSource.system()))) {
            for (int i = 1; i <= 6; i++) {
                int now = i;
                house.checkSoon();
                await().until(() -> tries.get() == now);
            }
            assertThat(lines.warnings("the volume could not be checked, it is tried again later: the database is away"))
                    .as("before the fourth, which works, and after it")
                    .hasSize(2);
        }
    }

    private void ready(String uid, boolean bundle) {
        cartd.submit(archive.request(uid, bundle, 100_000, 90_000));
        awaitStatus(uid, CartStatus.READY);
    }

    private Cart awaitStatus(String uid, CartStatus status) {
        await().ignoreExceptionsInstanceOf(CartException.VolumeAway.class)
                .until(() -> cartd.status(uid).orElseThrow().status() == status);
        return cartd.status(uid).orElseThrow();
    }

    private static void remove(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
