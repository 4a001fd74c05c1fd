package dev.cartd.spi;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.SpaceStore.Books;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An empty store for each test of what belongs to a {@link CartStore}, and the time that it goes by. */
abstract class StoreContract {
    static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    volatile Instant now = Instant.parse("2026-11-25T12:00:00.123Z");
    CartStore store;

    /** An empty store that takes the time from this clock. */
    protected abstract CartStore open(InstantSource clock) throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = open(() -> now);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    /** The books as they concern a cart that has nothing to do with anything. */
    final Books books() {
        Cart probe = store.claim(store.add(
                                new CartRequest(
                                        "probe", false, List.of(CartRequest.Item.of("probe", "probe", "md5", MD5))),
                                0)
                        .id())
                .orElseThrow();
        AtomicReference<Books> seen = new AtomicReference<>();
        try {
            store.space().reserve(probe, List.of(), 1, true, books -> {
                seen.set(books);
                throw new IllegalStateException("nothing is to be written down");
            });
        } catch (IllegalStateException e) {
            // As it is meant.
        }
        return Objects.requireNonNull(seen.get());
    }
}
