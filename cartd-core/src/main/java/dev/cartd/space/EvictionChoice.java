package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Shared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses carts to evict: hidden carts first, then the others, both in the order of the policy. Pure functions. */
final class EvictionChoice {
    private EvictionChoice() {}

    /** All carts that can be evicted, in the order of eviction. */
    static List<EvictionCandidate> inOrder(SpacePolicy policy, List<EvictionCandidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.spared().isEmpty())
                .sorted(order(policy))
                .toList();
    }

    /** The order of eviction, a total order. It ignores {@code spared}. */
    static Comparator<EvictionCandidate> order(SpacePolicy policy) {
        return Comparator.comparing((EvictionCandidate candidate) -> !candidate.hidden())
                .thenComparing(policy.order())
                .thenComparing(EvictionCandidate::cart);
    }

    /**
     * The carts to evict, in order, so that at least {@code bytes} bytes become free; empty if even evicting all would
     * free less.
     *
     * @param shared the bytes that several carts share; they become free with the last of these carts
     */
    static List<EvictionCandidate> freeing(
            SpacePolicy policy, List<EvictionCandidate> candidates, List<Shared> shared, long bytes) {
        Set<Long> gone = new HashSet<>();
        List<EvictionCandidate> chosen = new ArrayList<>();
        long freed = 0;
        for (EvictionCandidate candidate : inOrder(policy, candidates)) {
            if (freed >= bytes) {
                break;
            }
            chosen.add(candidate);
            gone.add(candidate.cart());
            freed += candidate.bytes() + freedWith(candidate, gone, shared);
        }
        return freed >= bytes ? useful(chosen, gone, shared) : List.of();
    }

    /** All carts that can be evicted, but for those whose eviction would free nothing. */
    static List<EvictionCandidate> all(SpacePolicy policy, List<EvictionCandidate> candidates, List<Shared> shared) {
        List<EvictionCandidate> victims = inOrder(policy, candidates);
        return useful(victims, victims.stream().map(EvictionCandidate::cart).collect(Collectors.toSet()), shared);
    }

    /** Leaves out carts that have no bytes of their own and share all their bytes with a cart that stays. */
    private static List<EvictionCandidate> useful(
            List<EvictionCandidate> victims, Set<Long> gone, List<Shared> shared) {
        return victims.stream()
                .filter(candidate -> candidate.bytes() > 0 || freedWith(candidate, gone, shared) > 0)
                .toList();
    }

    private static long freedWith(EvictionCandidate last, Set<Long> gone, List<Shared> shared) {
        return shared.stream()
                .filter(some -> some.carts().contains(last.cart()) && gone.containsAll(some.carts()))
                .mapToLong(Shared::bytes)
                .sum();
    }
}
