package dev.cartd.space;

import java.time.Instant;

/**
 * A cart on the volume that a {@link SpacePolicy} may choose for eviction. Immutable.
 *
 * @param cart the number of the cart; greater than 0
 * @param uid the name that the client chose
 * @param bytes the bytes on the volume that only this cart uses, at least 0; bytes that it shares with other carts
 *     become free only with the last of them
 * @param used when the cart was last used: created, finished or downloaded
 * @param hidden whether a newer cart of the same uid is ready, so that clients do not see this one
 * @param spared why the cart cannot be evicted now, in words for people; empty if it can
 */
public record EvictionCandidate(long cart, String uid, long bytes, Instant used, boolean hidden, String spared) {}
