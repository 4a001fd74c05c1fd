package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartForm;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.system.Elapsed;
import dev.cartd.volume.CartTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

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
 * <p>For the step's thread, except for {@link #source}, {@link #forget} and {@link #link(CartFile, Twin)}, which any
 * thread may call.
 */
public final class Twins implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Twins.class.getName());

    /** How long an announcement holds if it is not renewed. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final Duration RENEWAL = Duration.ofSeconds(4);

    /** The most files that one question to the store is about. */
    private static final int BATCH = 1000;

    private final StepContext context;
    private final CartForm form;
    private final ClaimedCart ledger;

    /** The claim as the step began: requests on other threads use it, and {@link ClaimedCart} is for one thread. */
    private final Cart cart;

    private final TwinStore store;
    private final boolean disabled;
    private final Map<Integer, Twin> sources = new ConcurrentHashMap<>();
    private boolean announced;
    private long pullingCart;
    private final Elapsed renewed;

    public Twins(StepContext context, CartForm form) {
        this.context = context;
        this.form = form;
        this.ledger = form.ledger();
        this.cart = ledger.cart();
        this.store = context.store().twins();
        this.renewed = new Elapsed(context.clock());
        this.disabled = !context.settings().share() || cart.ready().isPresent() || hasWaitedTooLong();
    }

    /** Whether the cart has waited for another cart's pull as long as allowed: then it pulls the files itself. */
    private boolean hasWaitedTooLong() {
        return ledger.waitsFor(Wait.Kind.OTHER_CART).filter(Wait::isOver).isPresent();
    }

    /** Marks waiting files that have a twin as expected, so that the archive is not asked to stage them. */
    public void expect() {
        if (disabled) {
            return;
        }
        eachOf(ledger.where(file -> file.status() == FileStatus.WAITING), (index, twin) -> {
            if (twin.isPresent()) {
                ledger.set(index, ledger.file(index).expected());
            }
        });
    }

    /**
     * Links the files whose twins can be linked. Called before room is reserved, since links take none. An expected
     * file whose twin is gone becomes waiting again, unless the archive has it on disk.
     *
     * @throws IOException if the volume failed
     */
    public void link() throws IOException {
        List<Path> unsynced = new ArrayList<>();
        Map<Long, Integer> indexes = new HashMap<>();
        Map<Long, Twin> twins = new HashMap<>();
        eachOf(ledger.where(CartFile::isExpected), (index, twin) -> {
            CartFile file = ledger.file(index);
            if (twin.isEmpty() && !file.online()) {
                ledger.set(index, file.lost());
            } else if (twin.filter(found -> form.isLinkable(file, found)).isPresent()) {
                indexes.put(file.id(), index);
                twins.put(file.id(), twin.get());
            }
        });
        for (long shared : store.share(cart, ids(twins))) {
            int index = indexes.getOrDefault(shared, 0);
            Twin twin = twins.get(shared);
            Optional<Path> link = twin == null ? Optional.empty() : linked(ledger.file(index), twin);
            if (twin != null && link.isPresent()) {
                ledger.set(index, ledger.file(index).linked());
                if (!isDurable(twin)) {
                    unsynced.add(link.get());
                }
            }
        }
        context.volume().sync(unsynced);
    }

    /** Whether the bytes of a twin are certainly synced: those of a ready cart are. */
    static boolean isDurable(Twin twin) {
        return twin.cart().status() == CartStatus.READY;
    }

    private static Map<Long, Long> ids(Map<Long, Twin> twins) {
        Map<Long, Long> ids = new HashMap<>();
        twins.forEach((file, twin) -> ids.put(file, twin.twin().id()));
        return ids;
    }

    /**
     * Announces the pulls of these files, except those that other carts have or are pulling.
     *
     * @return those of the files that are to be pulled, or copied from their {@link #source}, now
     * @throws StepStopped if the cart is no longer this step's
     */
    List<Integer> admit(List<Integer> indexes) throws StepStopped {
        if (disabled || indexes.isEmpty()) {
            return indexes;
        }
        Map<Long, Integer> byNumber = new HashMap<>();
        indexes.forEach(index -> byNumber.put(ledger.file(index).id(), index));
        Set<Integer> pulledByOthers = new HashSet<>();
        for (Twin twin : begin(indexes.stream().map(ledger::file).toList())) {
            int index = byNumber.getOrDefault(twin.file(), -1);
            if (twin.twin().status() == FileStatus.STAGED) {
                sources.put(index, twin);
            } else {
                pulledByOthers.add(index);
                pullingCart = twin.cart().id();
            }
        }
        return indexes.stream().filter(index -> !pulledByOthers.contains(index)).toList();
    }

    /** The cart last seen pulling a file of this one, by its number: others may see that, but not its uid. */
    public String others() {
        return "cart " + pullingCart;
    }

    private List<Twin> begin(List<CartFile> files) throws StepStopped {
        announced = true;
        renewed.restart();
        Instant until = context.clock().instant().plus(LEASE);
        return store.begin(cart, files, until).orElseThrow(StepStopped::quietly);
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

    /** The twin from which to link or copy an admitted file; empty if it is to be pulled from the archive. */
    Optional<Twin> source(int index) {
        return Optional.ofNullable(sources.get(index));
    }

    /** Drops the source of a file, which could not be copied. */
    void forget(int index) {
        sources.remove(index);
    }

    /**
     * Links a file to its source.
     *
     * @return the path of the link; empty if the file has to be copied
     * @throws IOException if the volume failed
     */
    public Optional<Path> link(CartFile file, Twin source) throws IOException {
        boolean shared = form.isLinkable(file, source)
                && !store.share(cart, Map.of(file.id(), source.twin().id())).isEmpty();
        return shared ? linked(file, source) : Optional.empty();
    }

    private Optional<Path> linked(CartFile file, Twin twin) throws IOException {
        CartTree tree = context.volume().tree(cart);
        boolean linked = tree.link(file, context.volume().tree(twin.cart()), twin.twin());
        return linked ? Optional.of(tree.path(file)) : Optional.empty();
    }

    @FunctionalInterface
    private interface Each {
        void take(int index, Optional<Twin> twin);
    }

    private void eachOf(IntStream which, Each each) {
        int[] indexes = which.toArray();
        for (int from = 0; from < indexes.length; from += BATCH) {
            int[] some = IntStream.of(indexes).skip(from).limit(BATCH).toArray();
            Map<Long, Twin> found = new HashMap<>();
            find(IntStream.of(some).mapToObj(ledger::file).toList()).forEach(twin -> found.put(twin.file(), twin));
            for (int index : some) {
                each.take(
                        index, Optional.ofNullable(found.get(ledger.file(index).id())));
            }
        }
    }

    private List<Twin> find(List<CartFile> files) {
        return disabled ? List.of() : store.find(cart, files);
    }

    /** Withdraws the announcement. If the store cannot be reached it expires by itself. */
    @Override
    public void close() {
        if (announced) {
            try {
                store.begin(cart, List.of(), Instant.EPOCH);
            } catch (CartException.Unavailable e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "the announcement of pulls was not withdrawn and expires by itself: {0}",
                        e);
            }
        }
    }
}
