package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Memory;
import dev.cartd.spi.CartStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The memory for the file lists of carts whose steps run in this process. The step of a cart whose list does not fit
 * runs later. Carts that wait are served in the order in which they came, so that a giant cart gets its turn; small
 * carts may go first. Safe for use by many threads.
 */
final class WorkMemory {
    private static final System.Logger LOG = System.getLogger(WorkMemory.class.getName());

    /** The longest pause before a cart that waits has to ask again. */
    static final Duration RETRY = Duration.ofSeconds(10);

    /** A cart that has not asked again for so long loses its place in the queue: another node may have it. */
    private static final Duration GONE = Duration.ofSeconds(30);

    /** The time between two warnings about carts that do not fit at all. */
    private static final Duration WARN_EVERY = Duration.ofMinutes(10);

    /** The number of files up to which a cart's memory is bounded from above, without asking the store. */
    private static final int FEW = 16;

    /** The most bytes that the texts of one file take. */
    private static final long LONGEST = 2 * (2048 + 1024 + 1024);

    /**
     * A cart that waits for memory.
     *
     * @param bytes the memory that its files take
     * @param seen when it last asked
     */
    private record Waiting(long bytes, Instant seen) {}

    private final CartStore store;
    private final Memory memory;
    private final InstantSource clock;
    private final Map<Long, Waiting> queue = new LinkedHashMap<>();
    private Instant warned = Instant.MIN;

    WorkMemory(CartStore store, Memory memory, InstantSource clock) {
        this.store = store;
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * Runs a step that reads the files of a cart if there is memory for them; otherwise calls {@code otherwise} with a
     * text that says how much they take. Both return the pause before the next step of the cart.
     */
    Optional<Duration> during(
            Cart cart, Supplier<Optional<Duration>> step, Function<String, Optional<Duration>> otherwise) {
        long bytes = bytes(cart);
        try (Memory.Hold hold = memory.hold()) {
            if (take(hold, cart, bytes)) {
                return step.get();
            }
        }
        return otherwise.apply("its files take " + HumanText.size(bytes) + " of the " + HumanText.size(memory.most())
                + " that carts in work may take");
    }

    private boolean take(Memory.Hold hold, Cart cart, long bytes) {
        if (bytes > memory.most()) {
            warn(cart, bytes);
        }
        synchronized (queue) {
            Instant now = clock.instant();
            queue.values().removeIf(waiting -> waiting.seen.plus(GONE).isBefore(now));
            boolean turn = queue.isEmpty() || queue.keySet().iterator().next() == cart.id() || isSmall(bytes);
            if (turn && hold.grow(bytes)) {
                queue.remove(cart.id());
                return true;
            }
            if (bytes <= memory.most()) {
                queue.put(cart.id(), new Waiting(bytes, now));
            }
            return false;
        }
    }

    /** Whether the memory has a reserve for so few bytes, so that a small cart need not wait behind a giant one. */
    private boolean isSmall(long bytes) {
        return bytes <= memory.small();
    }

    private long bytes(Cart cart) {
        if (cart.progress().files() <= FEW) {
            return Memory.ofFiles(FEW, FEW * LONGEST);
        }
        synchronized (queue) {
            Waiting known = queue.get(cart.id());
            if (known != null) {
                return known.bytes;
            }
        }
        return store.memory(cart.id());
    }

    private void warn(Cart cart, long bytes) {
        synchronized (queue) {
            if (clock.instant().isBefore(warned.plus(WARN_EVERY))) {
                return;
            }
            warned = clock.instant();
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "cart {0} ({1}) waits: its {2} files take {3} MB of memory, and there are {4} MB for carts in work;"
                        + " start with a larger heap",
                Long.toString(cart.id()),
                cart.uid(),
                Integer.toString(cart.progress().files()),
                Long.toString(bytes >> 20),
                Long.toString(memory.most() >> 20));
    }
}
