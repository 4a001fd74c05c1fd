package dev.cartd.spi;

import dev.cartd.cart.CartException;
import java.time.Duration;

/**
 * Divides the number of requests that the archive can take at once among the nodes that use it. Each node learns by
 * itself how many requests the archive can take. The common limit is the smallest number learned by any node that has
 * requests to send. The shares of all nodes never add up to more than the common limit, except for requests that were
 * under way already when the limit fell. If the limit is lower than the number of nodes that want to send, they take
 * turns of some seconds, and the node that waited longest is next. A node that is alone is not limited by this.
 *
 * <p>A node that has requests to send calls {@link #ask} again and again, before its lease ends; each answer replaces
 * the one before. A node that has nothing to send any more calls it once with {@code wanted} 0, and need not call it
 * again until it has something to send. The share of a node that died is free for others when its lease ends.
 *
 * <p>Implementations are safe for use by many threads; a node makes one call at a time.
 */
@FunctionalInterface
public interface RequestShares {
    /** Stands for any number of requests: there is no limit by other nodes. */
    int ALL = Integer.MAX_VALUE;

    /**
     * The state of the node that asks.
     *
     * @param learned how many requests at once the archive can take, as the node has learned; 0 if it has learned
     *     nothing yet: then the limit is that of the other nodes
     * @param wanted how many requests the node would have under way if it were alone, those that are under way now
     *     included; 0 if it has nothing to send
     * @param out the most requests that the node may have under way until it gets the answer; 0 if {@code wanted} is 0
     */
    record Need(int learned, int wanted, int out) {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one of them is negative, or if {@code wanted} is 0 and {@code out} is not
         */
        public Need {
            if (learned < 0 || wanted < 0 || out < 0 || (wanted == 0 && out > 0)) {
                throw new IllegalArgumentException("learned " + learned + ", wanted " + wanted + ", out " + out);
            }
        }
    }

    /**
     * The answer to a {@link Need}.
     *
     * @param allowed how many requests the node may have under way; 0 or more, or {@link #ALL}. If more are under way,
     *     the node sends no new one until enough of them have ended
     * @param learned the smallest number that another node has learned; 0 if no other node has learned anything yet,
     *     {@link #ALL} if no other node has requests to send
     * @param lease how long this answer holds, counted from the moment before {@link #ask} was called. When it has
     *     ended, the node sends no new request until it has another answer
     */
    record Share(int allowed, int learned, Duration lease) {
        /** The share of a node that has nothing to send. */
        public static final Share NONE = new Share(0, ALL, Duration.ZERO);
    }

    /**
     * Returns this node's share.
     *
     * @throws CartException.Unavailable if it cannot be determined now; the answer before holds until its lease ends
     */
    Share ask(Need need);
}
