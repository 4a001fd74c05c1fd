package dev.cartd.space;

import java.util.Comparator;

/**
 * The order in which carts are evicted. It decides neither whether a cart can be evicted nor how many are: {@link
 * Space} does that, and evicts hidden carts first whatever the policy. Implementations are pure functions of the
 * candidates, and safe for use by many threads.
 *
 * <p>Each node evicts by its own policy, and cartd does not notice if nodes have different ones. Different policies
 * harm no cart, but which carts stay depends on the node that evicts then: give all nodes the same policy.
 */
@FunctionalInterface
public interface SpacePolicy {
    /** Evicts the least recently used cart first. */
    SpacePolicy LRU = () -> Comparator.comparing(EvictionCandidate::used);

    /** Compares candidates: the lowest is evicted first, and of equal ones the cart with the lower number. */
    Comparator<EvictionCandidate> order();
}
