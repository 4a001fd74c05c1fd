package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Shared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses carts to evict. A pure function: those that nobody sees go first, then in the order of the policy. */
final class EvictionChoice {
    private EvictionChoice() {}

    /** All that may go, in the order in which they would. */
    static List<EvictionCandidate> inOrder(SpacePolicy policy, List<EvictionCandidate> holdings) {
        return holdings.stream()
                .filter(holding -> holding.spared().isEmpty())
                .sorted(order(policy))
                .toList();
    }

    /** The order of any carts, whether they may go or not; no two are equal in it. */
    static Comparator<EvictionCandidate> order(SpacePolicy policy) {
        return Comparator.comparing((EvictionCandidate holding) -> !holding.hidden())
                .thenComparing(policy.order())
                .thenComparing(EvictionCandidate::cart);
    }

    /**
     * The first of them that free so many bytes together; none if all of them would not.
     *
     * @param shared what carts share, which is free when the last of them goes
     */
    static List<EvictionCandidate> freeing(
            SpacePolicy policy, List<EvictionCandidate> holdings, List<Shared> shared, long bytes) {
        Set<Long> gone = new HashSet<>();
        List<EvictionCandidate> chosen = new ArrayList<>();
        long freed = 0;
        for (EvictionCandidate holding : inOrder(policy, holdings)) {
            if (freed >= bytes) {
                break;
            }
            chosen.add(holding);
            gone.add(holding.cart());
            freed += holding.bytes() + freedWith(holding, gone, shared);
        }
        return freed >= bytes ? useful(chosen, gone, shared) : List.of();
    }

    /** All of them that free anything if all go. */
    static List<EvictionCandidate> all(SpacePolicy policy, List<EvictionCandidate> holdings, List<Shared> shared) {
        List<EvictionCandidate> going = inOrder(policy, holdings);
        return useful(going, going.stream().map(EvictionCandidate::cart).collect(Collectors.toSet()), shared);
    }

    /** Who has nothing for itself, and shares with one that stays, would go in vain. */
    private static List<EvictionCandidate> useful(List<EvictionCandidate> going, Set<Long> gone, List<Shared> shared) {
        return going.stream()
                .filter(holding -> holding.bytes() > 0 || freedWith(holding, gone, shared) > 0)
                .toList();
    }

    private static long freedWith(EvictionCandidate last, Set<Long> gone, List<Shared> shared) {
        return shared.stream()
                .filter(some -> some.carts().contains(last.cart()) && gone.containsAll(some.carts()))
                .mapToLong(Shared::bytes)
                .sum();
    }
}
