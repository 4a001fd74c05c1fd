package dev.cartd.download;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Memory;
import dev.cartd.spi.CartStore;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the layouts of carts that are downloaded: one layout for each cart, shared by all its downloads under any
 * name, within a limit of memory. The layouts of finished downloads stay until their memory is needed, so that the many
 * requests of a resumed download are cheap. Safe for use by many threads.
 */
final class Layouts {
    /** The number of names of one cart whose layouts, with their ETags, are cached. */
    private static final int NAMES = 16;

    private record Key(long cart, long epoch) {}

    /** The cached layouts of one cart. Its lock is held while the first is made: other requests need the same one. */
    private static final class Kept {
        private final Memory.Hold hold;
        private final Map<String, TarLayout> names = new LinkedHashMap<>(16, 0.75f, true);
        private int users;
        private @Nullable TarLayout first;

        Kept(Memory.Hold hold) {
            this.hold = hold;
        }
    }

    /** Keeps a layout in the cache until it is closed. */
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final CartStore store;
    private final Memory memory;

    /** In the order of use, the least recently used first. */
    private final Map<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    Layouts(CartStore store, Memory memory) {
        this.store = store;
        this.memory = memory;
    }

    /**
     * The layout of a cart under this top directory.
     *
     * @param maker makes the layout if the cart has none in the cache
     * @throws CartException.Unavailable if memory is short
     */
    TarLayout of(Cart cart, String top, Function<Cart, TarLayout> maker) {
        Kept one = enter(key(cart));
        try {
            synchronized (one) {
                TarLayout first = first(one, cart, maker);
                TarLayout named = one.names.get(top);
                return named == null ? named(one, first, top) : named;
            }
        } finally {
            leave(key(cart), one);
        }
    }

    /**
     * Keeps a layout of a cart in the cache while its bytes are sent; puts it there again if it was dropped.
     *
     * @throws CartException.Unavailable if memory is short
     */
    Use use(Cart cart, TarLayout layout) {
        Kept one = enter(key(cart));
        Memory.Hold own = memory.hold();
        try {
            synchronized (one) {
                if (one.first == null) {
                    takeMemory(one, cart);
                    one.first = layout;
                }
                if (!layout.sharesPlaces(one.first) && !own.grow(layout.memory())) {
                    throw unavailable(0);
                }
            }
        } catch (RuntimeException | Error e) {
            leave(key(cart), one);
            throw e;
        }
        return () -> {
            own.close();
            leave(key(cart), one);
        };
    }

    private static Key key(Cart cart) {
        return new Key(cart.id(), cart.epoch());
    }

    private Kept enter(Key key) {
        synchronized (kept) {
            Kept one = kept.computeIfAbsent(key, absent -> new Kept(memory.hold()));
            one.users++;
            return one;
        }
    }

    private void leave(Key key, Kept one) {
        synchronized (kept) {
            one.users--;
            if (one.users == 0 && one.first == null && kept.remove(key, one)) {
                one.hold.close();
            }
        }
    }

    private TarLayout first(Kept one, Cart cart, Function<Cart, TarLayout> maker) {
        TarLayout first = one.first;
        if (first == null) {
            takeMemory(one, cart);
            first = maker.apply(cart);
            one.first = first;
        }
        return first;
    }

    private static TarLayout named(Kept one, TarLayout first, String top) {
        TarLayout layout = first.under(top);
        if (layout.sharesPlaces(first)) {
            one.names.put(top, layout);
            if (one.names.size() > NAMES) {
                one.names.remove(one.names.keySet().iterator().next());
            }
        }
        return layout;
    }

    private void takeMemory(Kept one, Cart cart) {
        long bytes = store.memory(cart.id());
        synchronized (kept) {
            Iterator<Kept> oldest = kept.values().iterator();
            while (one.hold.bytes() == 0 && !one.hold.grow(bytes)) {
                forgetOne(oldest, bytes);
            }
        }
    }

    /** Drops the least recently used layout that is not in use. */
    private void forgetOne(Iterator<Kept> oldest, long wanted) {
        while (oldest.hasNext()) {
            Kept next = oldest.next();
            if (next.users == 0) {
                oldest.remove();
                next.hold.close();
                return;
            }
        }
        throw unavailable(wanted);
    }

    private CartException.Unavailable unavailable(long wanted) {
        return new CartException.Unavailable(
                wanted > memory.most()
                        ? "The cart has more files than this server has memory for: it needs a larger heap."
                        : "Carts of too many files are being downloaded, try again later.");
    }
}
