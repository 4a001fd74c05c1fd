package dev.cartd.space;

import java.time.Instant;
import java.util.Comparator;

/** The policies that are compared: the one that cartd has, three that look at sizes, and one that looks at nothing. */
enum Contender implements SpacePolicy {
    LRU("LRU"),
    INVERSE_CREDIT("Inverse credit"),
    LOG_CREDIT("Log credit"),
    LARGEST("Largest first"),
    FIFO("FIFO");

    private static final double DAY = 86_400;

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    @Override
    public Comparator<EvictionCandidate> order() {
        return switch (this) {
            case LRU -> SpacePolicy.LRU.order();
            case INVERSE_CREDIT -> Comparator.comparing(Contender::inverse);
            case LOG_CREDIT -> Comparator.comparing(Contender::logarithmic);
            case LARGEST -> Comparator.comparing(Contender::tens).reversed().thenComparing(EvictionCandidate::used);
            case FIFO -> Comparator.comparing(EvictionCandidate::cart);
        };
    }

    /**
     * A gigabyte has 30 days more, ten have 3 days, a terabyte has 43 minutes. This is GreedyDual-Size but for the
     * clock: its own goes on when a cart is evicted, which no candidate tells, so here it is the calendar.
     */
    private static Instant inverse(EvictionCandidate cart) {
        return later(cart, 30 * 1e9 / cart.bytes());
    }

    /** A gigabyte has 30 days more, ten have 20 days, a terabyte has none. */
    private static Instant logarithmic(EvictionCandidate cart) {
        return later(cart, 10 * StrictMath.log10(1e12 / cart.bytes()));
    }

    private static Instant later(EvictionCandidate cart, double days) {
        return cart.used().plusSeconds((long) (days * DAY));
    }

    /** The power of ten: by size alone hardly two carts would be the same, and how they are used would not matter. */
    private static int tens(EvictionCandidate cart) {
        return (int) StrictMath.log10((double) cart.bytes());
    }
}
