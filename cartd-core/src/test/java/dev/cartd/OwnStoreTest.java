package dev.cartd;

import dev.cartd.cart.CartStatus;
import dev.cartd.local.LocalScheduler;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.LastingStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A store that lasts on a scheduler that does not, as docs/extending.md shows it. */
class OwnStoreTest {
    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final CartStore store = LastingStore.empty();

    @Test
    void whatAnEarlierProcessLeftGoesOn() throws Exception {
        try (Cartd first = Cartd.builder(archive, volume).store(store).start()) {
            first.submit(archive.request("gone", false, 1000));
            assertThat(first.await("gone", Duration.ofMinutes(1)).orElseThrow().status())
                    .isEqualTo(CartStatus.READY);
        }
        // Nobody is woken for these: no process has a scheduler.
        store.add(archive.request("begun", false, 1000), 0);
        store.delete("gone");

        try (Cartd cartd = startedAgain()) {
            assertThat(cartd.await("begun", Duration.ofMinutes(1)).orElseThrow().status())
                    .isEqualTo(CartStatus.READY);
            await().untilAsserted(() -> assertThat(volume.resolve("1")).doesNotExist());
        }
    }

    private Cartd startedAgain() {
        // The example begins.
        LocalScheduler scheduler = new LocalScheduler(16);
        Stream.concat(store.live(), store.deleted(Integer.MAX_VALUE).stream())
                .forEach(cart -> scheduler.wake(cart.id()));
        Cartd cartd =
                Cartd.builder(archive, volume).store(store).scheduler(scheduler).start();
        // The example ends.
        return cartd;
    }

    @Test
    void isWhatTheDocumentShows() throws IOException {
        assertThat(ExtendingDocument.pieces()).contains(ExtendingDocument.example(OwnStoreTest.class));
    }
}
