package dev.cartd;

import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpacePolicy;
import java.util.Comparator;

/** The largest cart goes first; of carts of one size the one that was used least lately. */
final class BigFirst implements SpacePolicy {
    @Override
    public Comparator<EvictionCandidate> order() {
        return Comparator.comparingLong(EvictionCandidate::bytes).reversed().thenComparing(EvictionCandidate::used);
    }
}
