package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.system.Elapsed;
import dev.cartd.volume.CartTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The twins of a cart's files during one step. A twin that is on the volume is linked or copied. A file whose twin
 * another cart is pulling is not pulled here: the cart waits for it. The pulls of this step are announced to other
 * carts, shortly before each begins. A cart does not wait for a pull that is not announced, since the other cart may in
 * turn be waiting for room that this one holds.
 *
 * <p>A cart that was ready before is being repaired: all its files are pulled from the archive, since a twin may share
 * the very bytes that were damaged. A twin that Pacifica Cartd staged is copied and hashed but never linked, since
 * cartd has not verified it.
 *
 * <p>For the step's thread, except for the methods with an index, which any thread may call.
 */
public final class Twins implements AutoCloseable {
    /** How long an announcement holds if it is not renewed. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final Duration RENEWAL = Duration.ofSeconds(4);

    /** The most files that the store is asked about at once: each twin takes memory. */
    private static final int BATCH = 1000;

    private final StepContext context;
    private final ClaimedCart claimed;
    private final Cart cart;
    private final TwinStore store;
    private final TwinFiles files;
    private final boolean disabled;
    private final Map<Integer, Twin> sources = new ConcurrentHashMap<>();
    private final List<Path> unsynced = new ArrayList<>();
    private boolean announced;
    private long pullingCart;
    private final Elapsed renewed;

    public Twins(StepContext context, ClaimedCart claimed) {
        this.context = context;
        this.claimed = claimed;
        this.cart = claimed.cart();
        this.store = context.store().twins();
        this.files = new TwinFiles(context.store(), context.volume());
        this.renewed = context.clock().measure();
        // A cart that has waited for another cart's pull as long as allowed pulls the files itself.
        boolean waitedTooLong =
                claimed.waitsFor(Wait.Kind.OTHER_CART).filter(Wait::isOver).isPresent();
        this.disabled = !context.settings().share() || cart.ready().isPresent() || waitedTooLong;
    }

    /** Marks waiting files that have a twin as expected, so that the archive is not asked to stage them. */
    public void expect() {
        for (List<Integer> some : batches(file -> file.status() == FileStatus.WAITING)) {
            Map<Long, Twin> found = find(some);
            for (int index : some) {
                CartFile file = claimed.file(index);
                if (found.containsKey(file.id())) {
                    claimed.set(index, file.expected());
                }
            }
        }
    }

    /**
     * Links the files whose twins can be linked. Called before room is reserved, since links take none. An expected
     * file whose twin is gone becomes waiting again, unless the archive has it on disk.
     *
     * @throws IOException if the volume failed
     */
    public void link() throws IOException {
        try {
            linkAll();
            sync();
        } catch (IOException e) {
            if (!unsynced.isEmpty()) {
                claimed.setDurability(Durability.UNPROVEN); // Linked, and perhaps never on the medium.
            }
            throw e;
        }
    }

    private void linkAll() throws IOException {
        for (List<Integer> some : batches(CartFile::isExpected)) {
            Map<Long, Twin> found = find(some);
            for (int index : some) {
                CartFile file = claimed.file(index);
                if (!found.containsKey(file.id()) && !file.online()) {
                    claimed.set(index, file.lost());
                }
            }
            link(some, found);
        }
    }

    private void link(List<Integer> indexes, Map<Long, Twin> found) throws IOException {
        Map<Long, Long> linkable = new HashMap<>();
        for (int index : indexes) {
            CartFile file = claimed.file(index);
            Twin twin = found.get(file.id());
            if (twin != null && isLinkable(file, twin)) {
                linkable.put(file.id(), twin.file().id());
            }
        }
        Set<Long> shared = linkable.isEmpty() ? Set.of() : store.share(cart, linkable);
        CartTree tree = context.volume().tree(cart);
        for (int index : indexes) {
            CartFile file = claimed.file(index);
            Twin twin = found.get(file.id());
            if (twin != null
                    && shared.contains(file.id())
                    && tree.hardLink(file, context.volume().tree(twin.cart()), twin.file())) {
                claimed.set(
                        index,
                        file.linked()
                                .withCrc(twin.file().crc())
                                .withSha256(twin.file().sha256()));
                if (twin.cart().status() != CartStatus.READY) { // The bytes of a ready cart are certainly synced.
                    unsynced.add(tree.path(file));
                }
            }
        }
    }

    /**
     * Whether the file can be a hard link to its twin: both are in trees, cartd verified the twin, and size and time
     * are equal, since links share these.
     */
    private boolean isLinkable(CartFile file, Twin twin) {
        CartFile theirs = twin.file();
        return !cart.bundle()
                && !twin.cart().bundle()
                && twin.cart().origin() == Cart.Origin.CARTD
                && twin.cart().durability().isTrusted()
                && theirs.status() == FileStatus.STAGED
                && theirs.size() == file.size()
                && theirs.mtime() == file.mtime();
    }

    /** The links that {@link #sync} makes durable. */
    List<Path> unsynced() {
        return List.copyOf(unsynced);
    }

    /**
     * Makes the links durable.
     *
     * @throws IOException if one of them cannot be synced
     */
    void sync() throws IOException {
        context.volume().sync(unsynced);
        unsynced.clear();
    }

    /**
     * Announces the pulls of these files, except those that other carts have or are pulling, and links those that can
     * be linked by now.
     *
     * @return those of the files that are to be copied or pulled now
     * @throws StepStopped if the cart is no longer this step's
     */
    List<Integer> admit(List<Integer> indexes) throws StepStopped {
        if (disabled || indexes.isEmpty()) {
            return indexes;
        }
        Map<Long, Twin> found = begin(indexes.stream().map(claimed::file).toList());
        try {
            link(indexes, found);
        } catch (IOException e) {
            // A file that is not linked is copied. If the volume fails, the copy fails too, and its failure is
            // reported.
        }
        List<Integer> admitted = new ArrayList<>();
        for (int index : indexes) {
            Twin twin = found.get(claimed.file(index).id());
            if (twin != null && twin.file().status() != FileStatus.STAGED) {
                pullingCart = twin.cart().id();
            } else if (claimed.file(index).status() != FileStatus.STAGED) {
                admitted.add(index);
                if (twin != null) {
                    sources.put(index, twin);
                }
            }
        }
        return admitted;
    }

    /** The cart last seen pulling a file of this one. Its number only: clients of this cart must not see its uid. */
    public String pullingCart() {
        return "cart " + pullingCart;
    }

    private Map<Long, Twin> begin(List<CartFile> wanted) throws StepStopped {
        announced = true;
        renewed.restart();
        Instant until = context.clock().instant().plus(LEASE);
        return store.begin(cart, wanted, until).orElseThrow(StepStopped::quietly);
    }

    /**
     * Renews the announcement before it expires.
     *
     * @throws StepStopped if the cart is no longer this step's
     */
    void renew() throws StepStopped {
        if (announced && renewed.reached(RENEWAL)) {
            begin(List.of());
        }
    }

    /** Whether an admitted file is to be copied from its twin. */
    boolean hasSource(int index) {
        return sources.containsKey(index);
    }

    /** Opens the bytes of an admitted file's twin from a position on; empty if it has none. See {@link TwinFiles}. */
    Optional<InputStream> open(int index, long from) {
        return Optional.ofNullable(sources.get(index)).map(twin -> files.open(twin, from));
    }

    /** Drops the twin of a file, which could not be copied; returns whether it had one. */
    boolean drop(int index) {
        return sources.remove(index) != null;
    }

    private List<List<Integer>> batches(Predicate<CartFile> which) {
        List<Integer> all = claimed.where(which).boxed().toList();
        return Stream.iterate(0, from -> from < all.size(), from -> from + BATCH)
                .map(from -> all.subList(from, Math.min(all.size(), from + BATCH)))
                .toList();
    }

    private Map<Long, Twin> find(List<Integer> indexes) {
        return disabled
                ? Map.of()
                : store.find(cart, indexes.stream().map(claimed::file).toList());
    }

    /**
     * Withdraws the announcement, unless all files are staged: then it ends when that is recorded. If the store cannot
     * be reached it expires by itself.
     */
    @Override
    public void close() {
        if (announced && !claimed.isStaged()) {
            try {
                store.begin(cart, List.of(), Instant.EPOCH);
            } catch (CartException.Unavailable e) {
                // It expires.
            }
        }
    }
}
