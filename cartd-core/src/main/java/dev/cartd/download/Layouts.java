package dev.cartd.download;

import dev.cartd.bundle.BagLayout;
import dev.cartd.bundle.Layout;
import dev.cartd.bundle.TarLayout;
import dev.cartd.bundle.ZipLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Memory;
import dev.cartd.spi.CartStore;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A cache of the layouts of carts that are downloaded: one layout for each cart and format, shared by all downloads
 * under any name, within a limit of memory. The layouts of finished downloads stay until their memory is needed, so
 * that the many requests of a resumed download are cheap. Safe for use by many threads.
 */
final class Layouts {
    /** The number of names of one cart whose layouts, with their ETags, are cached. */
    private static final int NAMES = 16;

    private record Key(long cart, long epoch) {}

    private record Name(Class<?> kind, String top) {}

    /** The cached layouts of one cart. Its lock is held while the first is made: other requests need the same one. */
    private static final class Kept {
        private final Memory.Hold hold;
        private final Map<Name, Layout> names = new LinkedHashMap<>(16, 0.75f, true);
        private int users;

        /** The bytes that were taken for the files and the positions in the tar. */
        private long files;

        /** The first layout of each kind: others share its positions, if they can. */
        private final Map<Class<? extends Layout>, Layout> firsts = new HashMap<>();

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
     * The layout of a cart's tar under this top directory.
     *
     * @param maker makes the layout if the cart has none in the cache
     * @throws CartException.Unavailable if memory is short
     */
    TarLayout of(Cart cart, String top, Function<Cart, TarLayout> maker) {
        return locked(cart, one -> (TarLayout) named(one, tar(one, cart, maker), top));
    }

    /**
     * The layout of a cart's zip under this top directory; empty if the CRC-32 of a file is unknown.
     *
     * @param maker makes the layout of the tar, whose files the zip has
     * @throws CartException.Unavailable if memory is short
     */
    Optional<ZipLayout> zip(Cart cart, String top, Function<Cart, TarLayout> maker) {
        return locked(
                cart,
                one -> with(one, cart, maker, ZipLayout.class, Layout::hasCrcs, ZipLayout::of)
                        .map(zip -> (ZipLayout) named(one, zip, top)));
    }

    /**
     * The layout of a cart's bag under this top directory; empty if files are {@linkplain BagLayout#lacking lacking} a
     * hash.
     *
     * @param day the day that the bag is from: always the same for this cart
     * @param maker makes the layout of the tar, whose files the bag has
     * @throws CartException.NoSuchForm as {@link BagLayout#of}
     * @throws CartException.Unavailable if memory is short
     */
    Optional<BagLayout> bag(Cart cart, String top, LocalDate day, Function<Cart, TarLayout> maker) {
        return locked(
                cart,
                one -> with(
                                one,
                                cart,
                                maker,
                                BagLayout.class,
                                tar -> BagLayout.lacking(tar).isEmpty(),
                                tar -> BagLayout.of(tar, day))
                        .map(bag -> (BagLayout) named(one, bag, top)));
    }

    private <L> L locked(Cart cart, Function<Kept, L> find) {
        Kept one = enter(key(cart));
        try {
            synchronized (one) {
                return find.apply(one);
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
    Use use(Cart cart, Layout layout) {
        Kept one = enter(key(cart));
        Memory.Hold own = memory.hold();
        try {
            synchronized (one) {
                if (!layout.sharesPlaces(restored(one, cart, layout)) && !own.grow(layout.memory())) {
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

    /** The first layout of the same kind; it is this one if the cache has none. */
    private Layout restored(Kept one, Cart cart, Layout layout) {
        takeFiles(one, cart);
        // The memory of the positions in the tar is taken with that of the files.
        return layout instanceof TarLayout
                ? one.firsts.computeIfAbsent(TarLayout.class, absent -> layout)
                : first(one, layout.getClass(), () -> layout);
    }

    private <L extends Layout> L first(Kept one, Class<? extends L> kind, Supplier<L> maker) {
        Layout known = one.firsts.get(kind);
        if (known == null) {
            known = maker.get();
            take(one, known.memory());
            one.firsts.put(kind, known);
        }
        return kind.cast(known);
    }

    private static Key key(Cart cart) {
        return new Key(cart.id(), cart.epoch());
    }

    private Kept enter(Key key) {
        synchronized (kept) {
            Kept one = kept.get(key);
            if (one == null) {
                forgetEarlier(key);
                one = new Kept(memory.hold());
                kept.put(key, one);
            }
            one.users++;
            return one;
        }
    }

    /** Drops what nobody uses of earlier claims of a cart: a cart in work is claimed every few seconds. */
    private void forgetEarlier(Key key) {
        kept.entrySet().removeIf(entry -> {
            boolean isOld = entry.getKey().cart() == key.cart()
                    && entry.getKey().epoch() < key.epoch()
                    && entry.getValue().users == 0;
            if (isOld) {
                entry.getValue().hold.close();
            }
            return isOld;
        });
    }

    private void leave(Key key, Kept one) {
        synchronized (kept) {
            one.users--;
            if (one.users == 0 && one.firsts.isEmpty() && kept.remove(key, one)) {
                one.hold.close();
            }
        }
    }

    private TarLayout tar(Kept one, Cart cart, Function<Cart, TarLayout> maker) {
        takeFiles(one, cart);
        Layout known = one.firsts.get(TarLayout.class);
        if (known == null) {
            Optional<Layout> other = one.firsts.values().stream().findFirst();
            known = other.map(TarLayout::of).orElseGet(() -> maker.apply(cart));
            one.firsts.put(TarLayout.class, known);
        }
        return (TarLayout) known;
    }

    /**
     * The first layout of a kind that needs more than the hashes of the files; empty if the files lack it.
     *
     * @param isPossible whether the files of the tar have what the kind needs
     */
    private <L extends Layout> Optional<L> with(
            Kept one,
            Cart cart,
            Function<Cart, TarLayout> maker,
            Class<L> kind,
            Predicate<TarLayout> isPossible,
            Function<TarLayout, L> layOut) {
        if (one.firsts.containsKey(kind)) {
            return Optional.of(kind.cast(one.firsts.get(kind)));
        }
        boolean wasThere = !one.firsts.isEmpty();
        TarLayout tar = tar(one, cart, maker);
        boolean isReady = isPossible.test(tar);
        if (wasThere && !isReady) {
            // It may have been recorded since the files were read.
            long files = store.memory(cart.id());
            take(one, Math.max(0, files - one.files));
            one.files = files;
            TarLayout again = maker.apply(cart);
            one.firsts.clear();
            one.firsts.put(TarLayout.class, again);
            one.names.clear();
            return isPossible.test(again) ? Optional.of(first(one, kind, () -> layOut.apply(again))) : Optional.empty();
        }
        return isReady ? Optional.of(first(one, kind, () -> layOut.apply(tar))) : Optional.empty();
    }

    private static Layout named(Kept one, Layout first, String top) {
        Name name = new Name(first.getClass(), top);
        Layout known = one.names.get(name);
        if (known != null) {
            return known;
        }
        Layout layout = first.under(top);
        if (layout.sharesPlaces(first)) {
            one.names.put(name, layout);
            if (one.names.size() > NAMES) {
                one.names.remove(one.names.keySet().iterator().next());
            }
        }
        return layout;
    }

    /** Takes the memory of the cart's files, and of the positions in its tar, unless that was done. */
    private void takeFiles(Kept one, Cart cart) {
        if (one.hold.bytes() == 0) {
            one.files = store.memory(cart.id());
            take(one, one.files);
        }
    }

    private void take(Kept one, long bytes) {
        synchronized (kept) {
            Iterator<Kept> oldest = kept.values().iterator();
            while (!one.hold.grow(bytes)) {
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
