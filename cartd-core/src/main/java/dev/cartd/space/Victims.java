package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Shared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses carts to evict. A pure function: those that nobody sees go first, then in the order of the policy. */
final class Victims {
    private Victims() {}

    /** All that may go, in the order in which they would. */
    static List<Holding> inOrder(SpacePolicy policy, List<Holding> holdings) {
        return holdings.stream()
                .filter(holding -> holding.spared().isEmpty())
                .sorted(order(policy))
                .toList();
    }

    /** The order of any carts, whether they may go or not; no two are equal in it. */
    static Comparator<Holding> order(SpacePolicy policy) {
        return Comparator.comparing((Holding holding) -> !holding.hidden())
                .thenComparing(policy.order())
                .thenComparing(Holding::cart);
    }

    /**
     * The first of them that free so many bytes together; none if all of them would not.
     *
     * @param shared what carts share, which is free when the last of them goes
     */
    static List<Holding> freeing(SpacePolicy policy, List<Holding> holdings, List<Shared> shared, long bytes) {
        Set<Long> gone = new HashSet<>();
        List<Holding> chosen = new ArrayList<>();
        long freed = 0;
        for (Holding holding : inOrder(policy, holdings)) {
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
    static List<Holding> all(SpacePolicy policy, List<Holding> holdings, List<Shared> shared) {
        List<Holding> going = inOrder(policy, holdings);
        return useful(going, going.stream().map(Holding::cart).collect(Collectors.toSet()), shared);
    }

    /** Who has nothing for itself, and shares with one that stays, would go in vain. */
    private static List<Holding> useful(List<Holding> going, Set<Long> gone, List<Shared> shared) {
        return going.stream()
                .filter(holding -> holding.bytes() > 0 || freedWith(holding, gone, shared) > 0)
                .toList();
    }

    private static long freedWith(Holding last, Set<Long> gone, List<Shared> shared) {
        return shared.stream()
                .filter(some -> some.carts().contains(last.cart()) && gone.containsAll(some.carts()))
                .mapToLong(Shared::bytes)
                .sum();
    }
}
