package dev.cartd;

import dev.cartd.bundle.Bundle;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.SpaceSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
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

/** An empty mount point where the volume was: nothing is judged, nothing is made, and all goes on once it is back. */
class VolumeAwayTest {
    @TempDir
    private Path directory;

    private Path volume;
    private Path elsewhere;
    private volatile Instant now = Instant.parse("2026-11-25T12:00:00Z");
    private final MemoryStore store = new MemoryStore(() -> now);
    private final ScriptedArchive archive = new ScriptedArchive();
    private LocalScheduler scheduler;
    private Cartd cartd;

    @BeforeEach
    void start() {
        volume = directory.resolve("volume");
        elsewhere = directory.resolve("elsewhere");
        scheduler = new LocalScheduler(4);
        cartd = builder(volume).scheduler(scheduler).start();
    }

    @AfterEach
    void close() {
        cartd.close();
    }

    private CartdBuilder builder(Path at) {
        return Quick.builder(archive, at).store(store).clock(() -> now);
    }

    private void startAgain(CartdBuilder builder) {
        cartd.close();
        scheduler = new LocalScheduler(4);
        cartd = builder.scheduler(scheduler).start();
    }

    /** As far as paths tell; what is open stays open, as it does when a file system is detached lazily. */
    private void unmount() throws IOException {
        Files.move(volume, elsewhere);
        Files.createDirectory(volume);
    }

    private void mount() throws IOException {
        Files.delete(volume);
        Files.move(elsewhere, volume);
    }

    private Cart ready(String uid, boolean bundle) {
        cartd.submit(archive.request(uid, bundle, 1000, 2000));
        return awaitReady(uid);
    }

    private Cart awaitReady(String uid) {
        await().ignoreExceptionsInstanceOf(CartException.Unavailable.class)
                .until(() -> cartd.status(uid).orElseThrow().status() == CartStatus.READY);
        return cartd.status(uid).orElseThrow();
    }

    private CartException.Unavailable awaitAway() {
        AtomicReference<CartException.Unavailable> seen = new AtomicReference<>();
        await().until(() -> {
            try {
                cartd.status("any");
                return false;
            } catch (CartException.Unavailable e) {
                seen.set(e);
                return true;
            }
        });
        return Objects.requireNonNull(seen.get());
    }

    private Cart stored(String uid) {
        return store.live(uid).get(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noCartIsJudgedByAnEmptyMountPoint(boolean bundle) throws IOException {
        ready("cart", bundle);
        cartd.close();
        unmount();
        startAgain(builder(volume));

        assertThat(awaitAway())
                .hasMessage("The volume cannot be used since 2026-11-25 12:00 UTC: " + volume.toRealPath()
                        + " is not the volume of this database, it has no mark");
        assertThatThrownBy(() -> cartd.open("cart", "")).isInstanceOf(CartException.Unavailable.class);
        assertThat(cartd.conditions().get(1).away().orElseThrow().since()).isEqualTo(now);
        assertThat(stored("cart").status()).isEqualTo(CartStatus.READY);
        assertThat(volume).isEmptyDirectory();

        mount();
        awaitReady("cart");
        download("cart");
        assertThat(cartd.conditions())
                .extracting(Condition::name)
                .containsExactly("database", "volume", "engine", "archive");
        assertThat(cartd.conditions()).allMatch(condition -> condition.away().isEmpty());
    }

    @Test
    void aDirectoryThatIsNotThereIsNotMade() throws IOException {
        ready("cart", false);
        cartd.close();
        Files.move(volume, elsewhere);
        startAgain(builder(volume));

        assertThat(awaitAway()).hasMessageContaining("is not there");
        assertThat(volume).doesNotExist();
        Files.move(elsewhere, volume);
        awaitReady("cart");
    }

    @Test
    void anotherVolumeInItsPlaceIsLeftAlone() throws IOException {
        ready("cart", false);
        cartd.close();
        Files.move(volume, elsewhere);
        try (Cartd other =
                Quick.builder(archive, volume).store(new MemoryStore(() -> now)).start()) {
            other.submit(archive.request("others", false, 10));
            await().until(() -> other.status("others").orElseThrow().status() == CartStatus.READY);
        }
        startAgain(builder(volume));

        assertThat(awaitAway()).hasMessageContaining("is not the volume of this database, its mark is ");
        cartd.delete("cart");
        cartd.submit(archive.request("new", false, 10));
        assertThatThrownBy(cartd::sweep).hasMessageContaining("is not the volume of this database");
        assertThatThrownBy(() -> cartd.evict(1, "for a test")).hasMessageContaining("is not the volume");
        assertThat(volume.resolve("1/others")).isDirectory();
        assertThat(volume.resolve("2")).doesNotExist();
        assertThat(stored("new").epoch()).isZero();
    }

    @Test
    void aVolumeThatVanishesUnderARunningServerIsWaitedFor() throws IOException {
        ready("kept", false);
        Cart deleted = ready("deleted", true);
        unmount();
        awaitAway();

        assertThat(cartd.delete("deleted")).isTrue();
        Cart accepted = cartd.submit(archive.request("new", true, 10));
        assertThat(accepted.id()).isEqualTo(3);
        assertThat(volume).isEmptyDirectory();
        assertThat(store.deleted(10)).extracting(Cart::id).containsExactly(deleted.id());

        mount();
        awaitReady("new");
        awaitReady("kept");
        await().until(() -> store.deleted(10).isEmpty());
        assertThat(volume.resolve("2")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatLosesTheVolumeSpendsNoPatience(boolean bundle) throws IOException {
        archive.slow(Duration.ofMillis(500));
        startAgain(builder(volume).buffer(10_000));
        cartd.submit(archive.request("cart", bundle, 100_000, 200_000));
        await().until(() -> archive.count("pull", "cart/1") > 0);
        unmount();
        awaitAway();
        archive.slow(Duration.ZERO);
        now = now.plus(Duration.ofHours(1));
        scheduler.wake(1);
        awaitAway();
        assertThat(stored("cart").standstill().waitsFor()).isEmpty();

        now = now.plus(Duration.ofHours(1));
        assertThat(stored("cart").status()).isNotEqualTo(CartStatus.ERROR);
        assertThat(volume).isEmptyDirectory();
        mount();
        awaitReady("cart");
        assertThat(stored("cart").standstill().waitsFor()).isEmpty();
    }

    @Test
    void aNodeWithoutItsMountLeavesCartsToTheOthers() {
        Path empty = directory.resolve("empty");
        LocalScheduler sick = new LocalScheduler(4);
        try (Cartd node = builder(empty).scheduler(sick).start()) {
            node.submit(archive.request("cart", false, 10));
            assertThatThrownBy(() -> node.status("cart")).isInstanceOf(CartException.Unavailable.class);
            scheduler.wake(1);
            awaitReady("cart");
            assertThat(stored("cart").epoch()).isEqualTo(1);
        }
        assertThat(empty).doesNotExist();
    }

    @Test
    void nothingIsEvictedForTheRoomOfAnotherFileSystem() throws IOException {
        startAgain(builder(volume).space(SpaceSettings.DEFAULT.withSize(20_000)));
        ready("old", false);
        unmount();
        awaitAway();
        cartd.submit(archive.request("new", false, 1000, 2000));
        assertThatThrownBy(() -> cartd.space().snapshot()).hasMessageContaining("is not the volume");
        assertThatThrownBy(() -> cartd.evict(1, "for a test")).hasMessageContaining("is not the volume");
        assertThat(stored("old").status()).isEqualTo(CartStatus.READY);
    }

    @Test
    void anEmbeddedCartdStartsAgainOnItsVolume() throws IOException {
        cartd.close();
        for (String uid : new String[] {"one", "two"}) {
            cartd = Quick.builder(archive, directory.resolve("embedded")).start();
            ready(uid, false);
            download(uid);
            cartd.close();
        }
    }

    private void download(String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "x.tar");
        try (ReadableByteChannel channel = bundle.open(0, bundle.length())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) bundle.length());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until all of it is there.
            }
            assertThat(bytes.hasRemaining()).isFalse();
        }
    }
}
