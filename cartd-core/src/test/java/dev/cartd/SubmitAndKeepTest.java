package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A request whose cart is to be kept, and somebody who deletes the cart just before that is recorded. */
class SubmitAndKeepTest {
    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private int deletions;

    @Test
    void makesTheCartAgainAndKeepsThat() {
        deletions = 2;
        try (Cartd cartd = start()) {
            Cart cart = cartd.submit(archive.request("cart", false, 10), Duration.ofDays(1));

            assertThat(cart.id()).isEqualTo(3);
            assertThat(cartd.reload(cart).orElseThrow().kept()).isPresent();
        }
    }

    @Test
    void endsIfTheCartIsDeletedEachTime() {
        deletions = Integer.MAX_VALUE;
        try (Cartd cartd = start()) {
            assertThatThrownBy(() -> cartd.submit(archive.request("cart", false, 10), Duration.ofDays(1)))
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessageStartingWith("The cart was deleted each time");
            assertThat(cartd.status("cart")).isEmpty();
        }
    }

    private Cartd start() {
        SpaceStore space = Around.port(SpaceStore.class, store.space(), (method, arguments, port) -> {
            if (method.equals("keep") && deletions-- > 0) {
                store.delete("cart");
            }
            return port.call();
        });
        CartStore deleting = Around.port(
                CartStore.class, store, (method, arguments, port) -> method.equals("space") ? space : port.call());
        return Quick.builder(archive, volume).store(deleting).start();
    }
}
