package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.system.Elapsed;
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
 * What other carts have of this one's files, during one step: what they have on the volume is linked or copied, what
 * they are just pulling is waited for, and what this step pulls is announced to them. Whoever announces a pull does it;
 * one that has not begun is not waited for, since it may wait for the room of who would.
 *
 * <p>A cart that was ready before is being repaired: its files are pulled, since a link to a twin may be to the very
 * bytes that were damaged. What Pacifica Cartd has on the volume is copied and hashed, never linked: cartd did not
 * prove it.
 *
 * <p>For the step's thread, but for {@link #source} and {@link #link(CartFile, Twin)}.
 */
public final class Twins implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Twins.class.getName());
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(4);
    private static final int AT_ONCE = 1000;

    private final StepContext context;
    private final ClaimedCart ledger;

    /** The claim; requests on other threads go by it, too. */
    private final Cart cart;

    private final TwinStore store;
    private final boolean off;
    private final Map<Integer, Twin> sources = new ConcurrentHashMap<>();
    private boolean announced;
    private long pulling;
    private final Elapsed renewed;

    public Twins(StepContext context, ClaimedCart ledger) {
        this.context = context;
        this.ledger = ledger;
        this.cart = ledger.cart();
        this.store = context.store().twins();
        this.renewed = new Elapsed(context.clock());
        this.off = !context.settings().share() || cart.ready().isPresent() || isWeary();
    }

    /** Whether it has waited for another cart's pull as long as that may take: then this one pulls for itself. */
    private boolean isWeary() {
        return ledger.waitsFor()
                .filter(wait -> wait.kind() == Wait.Kind.OTHER_CART && wait.isOver())
                .isPresent();
    }

    /** The archive is not asked for what another cart has, or is just pulling. */
    public void expect() {
        if (off) {
            return;
        }
        eachOf(ledger.where(file -> file.status() == FileStatus.WAITING), (index, twin) -> {
            if (twin.isPresent()) {
                ledger.set(index, ledger.file(index).expected());
            }
        });
    }

    /**
     * Links what can be, before room is reserved: links take none. What no other cart has any more is asked for after
     * all.
     */
    public void link() throws IOException {
        List<Path> unsynced = new ArrayList<>();
        Map<Long, Integer> indexes = new HashMap<>();
        Map<Long, Twin> twins = new HashMap<>();
        eachOf(ledger.where(CartFile::isExpected), (index, twin) -> {
            CartFile file = ledger.file(index);
            if (twin.isEmpty() && !file.online()) {
                ledger.set(index, file.lost());
            } else if (twin.filter(found -> isLinkable(file, found)).isPresent()) {
                indexes.put(file.id(), index);
                twins.put(file.id(), twin.get());
            }
        });
        for (long shared : store.share(cart, numbers(twins))) {
            int index = indexes.getOrDefault(shared, 0);
            Twin twin = twins.get(shared);
            if (twin != null && context.volume().link(cart, ledger.file(index), twin.cart(), twin.twin())) {
                ledger.set(index, ledger.file(index).linked());
                if (!isDurable(twin)) {
                    unsynced.add(context.volume().place(cart, ledger.file(index)));
                }
            }
        }
        context.volume().sync(unsynced);
    }

    /** Whether the bytes of a twin are on the medium for sure: those of a ready cart are. */
    static boolean isDurable(Twin twin) {
        return twin.cart().status() == CartStatus.READY;
    }

    private static Map<Long, Long> numbers(Map<Long, Twin> twins) {
        Map<Long, Long> numbers = new HashMap<>();
        twins.forEach((file, twin) -> numbers.put(file, twin.twin().id()));
        return numbers;
    }

    /** Links have size and time in common, and only files of a tree have names that can be linked to. */
    private boolean isLinkable(CartFile file, Twin twin) {
        CartFile theirs = twin.twin();
        return !cart.bundle()
                && !twin.cart().bundle()
                && twin.cart().epoch() > 0
                && theirs.status() == FileStatus.STAGED
                && theirs.size() == file.size()
                && theirs.mtime() == file.mtime();
    }

    /**
     * Announces that these are pulled now, but for those that others have or pull.
     *
     * @return those of them that are to be pulled, or copied from their {@link #source}, now
     * @throws StepStopped if the cart is no longer this step's
     */
    List<Integer> admit(List<Integer> indexes) throws StepStopped {
        if (off || indexes.isEmpty()) {
            return indexes;
        }
        Map<Long, Integer> byNumber = new HashMap<>();
        indexes.forEach(index -> byNumber.put(ledger.file(index).id(), index));
        Set<Integer> elsewhere = new HashSet<>();
        for (Twin twin : begin(indexes.stream().map(ledger::file).toList())) {
            int index = byNumber.getOrDefault(twin.file(), -1);
            if (twin.twin().status() == FileStatus.STAGED) {
                sources.put(index, twin);
            } else {
                elsewhere.add(index);
                pulling = twin.cart().id();
            }
        }
        return indexes.stream().filter(index -> !elsewhere.contains(index)).toList();
    }

    /** Who was last seen pulling what this cart needs. A cart's uid is not for everybody's eyes, its number is. */
    public String others() {
        return "cart " + pulling;
    }

    private List<Twin> begin(List<CartFile> files) throws StepStopped {
        announced = true;
        renewed.restart();
        Instant until = context.clock().instant().plus(LEASE);
        return store.begin(cart, files, until).orElseThrow(StepStopped::quietly);
    }

    /** Keeps what was announced from running out. */
    void renew() throws StepStopped {
        if (announced && renewed.reached(RENEWAL)) {
            begin(List.of());
        }
    }

    /** Whose bytes to take for a file that was admitted; empty if it is the archive's. */
    Optional<Twin> source(int index) {
        return Optional.ofNullable(sources.get(index));
    }

    /** What came of a source cannot be used. */
    void forget(int index) {
        sources.remove(index);
    }

    /** Links a file to its source, where that can be. */
    public boolean link(CartFile file, Twin source) throws IOException {
        return isLinkable(file, source)
                && !store.share(cart, Map.of(file.id(), source.twin().id())).isEmpty()
                && context.volume().link(cart, file, source.cart(), source.twin());
    }

    @FunctionalInterface
    private interface Each {
        void take(int index, Optional<Twin> twin);
    }

    private void eachOf(IntStream which, Each each) {
        int[] indexes = which.toArray();
        for (int from = 0; from < indexes.length; from += AT_ONCE) {
            int[] some = IntStream.of(indexes).skip(from).limit(AT_ONCE).toArray();
            Map<Long, Twin> found = new HashMap<>();
            find(IntStream.of(some).mapToObj(ledger::file).toList()).forEach(twin -> found.put(twin.file(), twin));
            for (int index : some) {
                each.take(
                        index, Optional.ofNullable(found.get(ledger.file(index).id())));
            }
        }
    }

    private List<Twin> find(List<CartFile> files) {
        return off ? List.of() : store.find(cart, files);
    }

    /** Nothing is pulled any more. Where that cannot be said, the announcement runs out by itself. */
    @Override
    public void close() {
        if (announced) {
            try {
                store.begin(cart, List.of(), Instant.EPOCH);
            } catch (CartException.Unavailable e) {
                LOG.log(System.Logger.Level.DEBUG, "other carts wait a little longer: {0}", e);
            }
        }
    }
}
