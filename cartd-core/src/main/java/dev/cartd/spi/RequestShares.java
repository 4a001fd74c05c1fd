package dev.cartd.spi;

import java.time.Duration;

/**
 * Shares out among nodes how many requests the archive can take at once. The limit for all is the least that one of those
 * has learned that want to send now. What all of them may have out never adds up to more than that, but for what was out
 * already when the limit fell; a node that is alone may have out whatever it learns.
 *
 * <p>A node asks while it has something to send, often enough that its lease does not end; what it is answered counts
 * from then on. One that has nothing to send any more says so once, and need not ask until it has. What a node that died
 * held is given to others after its lease.
 *
 * <p>Implementations are safe for use by many threads; a node asks one question at a time.
 */
@FunctionalInterface
public interface RequestShares {
    /** As many as a node likes. */
    int ALL = Integer.MAX_VALUE;

    /**
     * What a node has to say when it asks.
     *
     * @param learned how many requests at once it has learned that the archive can take; 0 if it has learned nothing yet,
     *     and then it goes by what others have
     * @param wanted how many it would send if it were alone, those that are out included; 0 if it has nothing to send
     * @param out how many it may have out until it is answered
     */
    record Need(int learned, int wanted, int out) {
        /** Refuses what cannot be. */
        public Need {
            if (learned < 0 || wanted < 0 || out < 0 || (wanted == 0 && out > 0)) {
                throw new IllegalArgumentException("learned " + learned + ", wanted " + wanted + ", out " + out);
            }
        }
    }

    /**
     * What it is answered.
     *
     * @param allowed how many requests it may have out; those that are out beyond it come to their end, or make room
     * @param learned the least that another node has learned; 0 if none has learned anything yet, {@link #ALL} if there is
     *     no other that wants to send
     * @param lease how long this holds, counted from before the question: after it the node sends nothing new
     */
    record Share(int allowed, int learned, Duration lease) {
        /** Of a node that has nothing to send. */
        public static final Share NONE = new Share(0, ALL, Duration.ZERO);
    }

    /**
     * Asks for this node's share.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if that cannot be told now; what was answered before holds until
     *     its lease ends
     */
    Share ask(Need need);
}
