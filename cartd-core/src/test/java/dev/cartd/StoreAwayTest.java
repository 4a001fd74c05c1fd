package dev.cartd;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.VolumeStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A store that is away while files come. */
class StoreAwayTest {
    @TempDir
    private Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(now::get);
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean away;

    private CartStore store() {
        VolumeStore volumes = Around.port(VolumeStore.class, store.volume(), (method, arguments, port) -> {
            if (away) {
                refused.incrementAndGet();
                throw new CartException.Unavailable("the store is away");
            }
            return port.call();
        });
        return Around.port(
                CartStore.class, store, (method, arguments, port) -> method.equals("volume") ? volumes : port.call());
    }

    private static CartStatus status(Cartd cartd) {
        return cartd.status("cart").orElseThrow().status();
    }

    /** The volume's mark is looked at again before a file gets its name, and the store knows what it should be. */
    @Test
    void isNoFailureOfTheFileThatCame() {
        AtomicBoolean once = new AtomicBoolean(true);
        HookedArchive hooked = new HookedArchive(archive, id -> {}, id -> {
            now.updateAndGet(before -> before.plusSeconds(2));
            away = once.getAndSet(false);
        });
        try (Cartd cartd = Quick.builder(hooked, volume)
                .clock(now::get)
                .store(store())
                .retries(1)
                .start()) {
            cartd.submit(archive.request("cart", false, 100));
            await().until(() -> refused.get() > 1);
            away = false;
            await().until(() -> !status(cartd).inWork());
            assertThat(status(cartd)).isEqualTo(CartStatus.READY);
            assertThat(store.files(1)).extracting(CartFile::tries).containsExactly(0);
        }
    }
}
