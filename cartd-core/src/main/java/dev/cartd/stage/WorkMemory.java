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
 * The memory that carts take whose steps run in this process. A cart for which there is none has its step later; those
 * that had to wait go in the order in which they came, so that a giant one has its turn among many. Safe for use by
 * many threads.
 */
final class WorkMemory {
    private static final System.Logger LOG = System.getLogger(WorkMemory.class.getName());

    /** Who waits has to come again within this time to keep its place in the line. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    /** Who waits and did not come again for so long has gone elsewhere. */
    private static final Duration GONE = Duration.ofSeconds(30);

    private static final Duration QUIET = Duration.ofMinutes(10);

    /** A cart of so few files need not be measured. */
    private static final int FEW = 16;

    /** The longest texts that a file can have. */
    private static final long LONGEST = 2 * (2048 + 1024 + 1024);

    /** One that waits: what it takes, and when it last came. */
    private record Waiting(long bytes, Instant seen) {}

    private final CartStore store;
    private final Memory memory;
    private final InstantSource clock;
    private final Map<Long, Waiting> line = new LinkedHashMap<>();
    private Instant warned = Instant.MIN;

    WorkMemory(CartStore store, Memory memory, InstantSource clock) {
        this.store = store;
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * Runs a step that reads the files of a cart, if there is memory for them; {@code otherwise} is told how much they
     * take. Both answer when the cart is to come again.
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
        synchronized (line) {
            Instant now = clock.instant();
            line.values().removeIf(waiting -> waiting.seen.plus(GONE).isBefore(now));
            boolean turn = line.isEmpty() || line.keySet().iterator().next() == cart.id() || isSmall(bytes);
            if (turn && hold.grow(bytes)) {
                line.remove(cart.id());
                return true;
            }
            if (bytes <= memory.most()) {
                line.put(cart.id(), new Waiting(bytes, now));
            }
            return false;
        }
    }

    /** Whether the memory has a reserve for it, so that it need not go behind a giant. */
    private boolean isSmall(long bytes) {
        return bytes <= memory.small();
    }

    private long bytes(Cart cart) {
        if (cart.progress().files() <= FEW) {
            return Memory.ofFiles(FEW, FEW * LONGEST);
        }
        synchronized (line) {
            Waiting known = line.get(cart.id());
            if (known != null) {
                return known.bytes;
            }
        }
        return store.memory(cart.id());
    }

    private void warn(Cart cart, long bytes) {
        synchronized (line) {
            if (clock.instant().isBefore(warned.plus(QUIET))) {
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
