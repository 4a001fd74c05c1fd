package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.LocalScheduler;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.LastingStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

class AwaitTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final List<Cart> ended = new CopyOnWriteArrayList<>();

    private Cartd start() {
        return Quick.builder(archive, volume).listener(ended::add).start();
    }

    @Test
    void tellsWhatBecameOfACart() throws InterruptedException {
        try (Cartd cartd = start()) {
            cartd.submit(archive.request("good", false, 10));
            assertThat(cartd.await("good", LONG)).map(Cart::status).contains(CartStatus.READY);
            cartd.submit(archive.request("bad", false, 10));
            archive.replace("bad/0", new byte[10]);
            assertThat(cartd.await("bad", LONG)).map(Cart::status).contains(CartStatus.ERROR);
            await().untilAsserted(() -> assertThat(ended)
                    .extracting(Cart::uid, Cart::status)
                    .containsExactly(tuple("good", CartStatus.READY), tuple("bad", CartStatus.ERROR)));
            assertThat(ended.get(1).reason()).startsWith("Failed to pull file d0/f0: md5 is ");
            assertThat(cartd.await("unknown", LONG)).isEmpty();
        }
    }

    @Test
    void waitsNoLongerThanItMay() throws InterruptedException {
        archive.away(true);
        try (Cartd cartd = start()) {
            cartd.submit(archive.request("cart", false, 10));
            assertThat(cartd.await("cart", Duration.ofMillis(1)))
                    .map(cart -> cart.status().inWork())
                    .contains(true);
        }
    }

    @Test
    void seesWhatAnotherProcessBringsAbout() throws InterruptedException {
        CartStore store = LastingStore.empty();
        LocalScheduler scheduler = new LocalScheduler(1);
        try (Cartd works = Quick.builder(archive, volume)
                        .store(store)
                        .scheduler(scheduler)
                        .start();
                Cartd asks = Quick.builder(archive, volume).store(store).open()) {
            asks.submit(archive.request("cart", false, 10));
            scheduler.wake(1);
            assertThat(asks.await("cart", LONG)).map(Cart::status).contains(CartStatus.READY);
            assertThat(works.status("cart")).isPresent();
        }
    }

    @Test
    void whatCannotBeStartedIsClosed() {
        LocalScheduler used = new LocalScheduler(1);
        used.start(cart -> Optional.empty());
        CartdBuilder builder = Quick.builder(archive, volume).scheduler(used);
        assertThatIllegalStateException().isThrownBy(builder::start);
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("cartd-volume")));
    }

    @Test
    void aListenerThatFailsHarmsNobody() throws InterruptedException {
        try (Cartd cartd = Quick.builder(archive, volume)
                .listener(cart -> {
                    throw new IllegalStateException("on purpose");
                })
                .start()) {
            cartd.submit(archive.request("cart", false, 10));
            assertThat(cartd.await("cart", LONG)).map(Cart::status).contains(CartStatus.READY);
        }
    }
}
