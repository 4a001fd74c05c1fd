package dev.cartd.download;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.spi.CartStore;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds files of carts by their paths. The store finds a file by its number only, since an index of all paths would be
 * larger than all other data. So the numbers of a cart's files are kept here by a digest of their paths, some forty
 * bytes for each file, for the carts that were looked at last. They never change: a cart gets its files when it is
 * made. Safe for use by many threads.
 */
public final class FilePaths {
    private static final int PAGE = 1000;
    private static final int LARGE = 100_000;
    private static final int SLOT_BYTES = 2 * Long.BYTES;

    /** The part of the heap that all tables may take, unless a single one is larger. */
    private static final int HEAP_PART = 64;

    /** An open hash table from the digest of a path to the number of its file; 0 is no number. */
    private static final class Table {
        private final long[] digests;
        private final long[] numbers;
        private int files;

        Table(int slots) {
            digests = new long[slots];
            numbers = new long[slots];
        }

        void add(long digest, long number) {
            int slot = slot(digest);
            while (numbers[slot] != 0) {
                slot = next(slot);
            }
            digests[slot] = digest;
            numbers[slot] = number;
            files++;
        }

        boolean isCrowded() {
            return files >= digests.length / 4 * 3;
        }

        Table larger() {
            Table larger = new Table(2 * digests.length);
            for (int slot = 0; slot < numbers.length; slot++) {
                if (numbers[slot] != 0) {
                    larger.add(digests[slot], numbers[slot]);
                }
            }
            return larger;
        }

        int slot(long digest) {
            return (int) digest & (digests.length - 1);
        }

        int next(int slot) {
            return (slot + 1) & (digests.length - 1);
        }
    }

    private final CartStore store;
    private final long most;
    private final Map<Long, Table> tables = new LinkedHashMap<>(16, 0.75f, true);

    /** Held while a table is made: of a cart of at most {@link #LARGE} files, which takes less than a second. */
    private final ReentrantLock small = new ReentrantLock();

    /** Held while the table of a larger cart is made: no thread waits for that. */
    private final ReentrantLock large = new ReentrantLock();

    /** The paths of this store's files. */
    public FilePaths(CartStore store) {
        this(store, Runtime.getRuntime().maxMemory() / HEAP_PART / SLOT_BYTES);
    }

    /** @param most how many slots all tables may have together; a single one may have more */
    FilePaths(CartStore store, long most) {
        this.store = store;
        this.most = most;
    }

    /**
     * The file of a cart with this path, as it is now; empty if the cart has none. Of several files of one path, which
     * carts of Pacifica Cartd can have, it is the first.
     *
     * @param path any text
     * @throws CartException.Unavailable if the store cannot be reached in time, or other requests have large carts
     *     listed
     */
    public Optional<CartFile> find(Cart cart, String path) {
        Table table = table(cart);
        long digest = digest(path);
        for (int slot = table.slot(digest); table.numbers[slot] != 0; slot = table.next(slot)) {
            if (table.digests[slot] == digest) {
                Optional<CartFile> found = read(cart.id(), table.numbers[slot]).filter(file -> isAt(file, path));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<CartFile> read(long cart, long number) {
        return store.files(cart, number - 1, Optional.empty(), 1).stream()
                .filter(file -> file.id() == number)
                .findFirst();
    }

    private static boolean isAt(CartFile file, String path) {
        return file.bundlePath().map(BundlePath::value).filter(path::equals).isPresent();
    }

    private Table table(Cart cart) {
        Table known = known(cart.id());
        return known == null ? build(cart) : known;
    }

    /** Makes a table, unless another thread does that just now. */
    private Table build(Cart cart) {
        boolean isLarge = cart.progress().files() > LARGE;
        ReentrantLock building = isLarge ? large : small;
        if (!isLarge) {
            building.lock();
        } else if (!building.tryLock()) {
            throw new CartException.Unavailable("The files of a large cart are being listed, try again soon.");
        }
        try {
            Table built = known(cart.id());
            if (built == null) {
                built = build(cart.id());
                keep(cart.id(), built);
            }
            return built;
        } finally {
            building.unlock();
        }
    }

    private @Nullable Table known(long cart) {
        synchronized (tables) {
            return tables.get(cart);
        }
    }

    private void keep(long cart, Table table) {
        synchronized (tables) {
            tables.put(cart, table);
            long slots = tables.values().stream()
                    .mapToLong(one -> one.numbers.length)
                    .sum();
            // The least recently used first; the last one is the one that is needed now.
            for (Iterator<Table> oldest = tables.values().iterator(); slots > most && tables.size() > 1; ) {
                slots -= oldest.next().numbers.length;
                oldest.remove();
            }
        }
    }

    private Table build(long cart) {
        Table table = new Table(16);
        long last = 0;
        List<CartFile> page;
        do {
            page = store.files(cart, last, Optional.empty(), PAGE);
            for (CartFile file : page) {
                Optional<BundlePath> path = file.bundlePath();
                if (path.isPresent()) {
                    table = table.isCrowded() ? table.larger() : table;
                    table.add(digest(path.get().value()), file.id());
                }
                last = file.id();
            }
        } while (page.size() == PAGE);
        return table;
    }

    /** A digest that nobody can make collide: clients choose the paths. */
    private static long digest(String path) {
        byte[] digest = Checksum.sha256().digest(path.getBytes(StandardCharsets.UTF_8));
        long first = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            first = (first << Byte.SIZE) | (digest[i] & 0xff);
        }
        return first;
    }
}
