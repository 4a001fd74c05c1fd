package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.space.SpaceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The policy of docs/extending.md: it chooses what goes, and the document shows it. */
class OwnPolicyTest {
    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();

    @Test
    void theLargeCartGoesThoughTheSmallOneIsOlder() throws Exception {
        // The example begins.
        SpaceSettings space = SpaceSettings.DEFAULT.withSize(640_000).withPolicy(new BigFirst());
        Cartd cartd = Cartd.builder(archive, volume).space(space).start();
        // The example ends.
        try (cartd) {
            // Least recently used first, both would go for the third.
            ready(cartd, "small", 100_000);
            ready(cartd, "large", 400_000);
            ready(cartd, "next", 300_000);

            assertThat(cartd.list()).extracting(Cart::uid).containsExactly("next", "small");
        }
    }

    @Test
    void isWhatTheDocumentShowsLast() throws IOException {
        assertThat(ExtendingDocument.pieces())
                .hasSize(5)
                .endsWith(ExtendingDocument.whole(BigFirst.class), ExtendingDocument.example(OwnPolicyTest.class));
    }

    private void ready(Cartd cartd, String uid, int size) throws InterruptedException {
        cartd.submit(archive.request(uid, false, size));
        assertThat(cartd.await(uid, Duration.ofMinutes(1)).orElseThrow().status())
                .isEqualTo(CartStatus.READY);
    }
}
