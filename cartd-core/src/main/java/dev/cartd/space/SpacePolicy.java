package dev.cartd.space;

import java.util.Comparator;

/**
 * Which of the carts that may go goes first: the lowest in this order. A pure function of what a holding tells; whether one
 * may go at all, and how much room is needed, is none of its business. Of carts that it cannot tell apart the older goes.
 */
@FunctionalInterface
public interface SpacePolicy {
    /** Least recently used first. */
    SpacePolicy LRU = () -> Comparator.comparing(EvictionCandidate::used);

    /** The order in which carts go. */
    Comparator<EvictionCandidate> order();
}
