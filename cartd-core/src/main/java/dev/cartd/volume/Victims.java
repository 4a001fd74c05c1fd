package dev.cartd.volume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

    /** The first of them that free so many bytes together; none if all of them would not. */
    static List<Holding> freeing(SpacePolicy policy, List<Holding> holdings, long bytes) {
        List<Holding> chosen = new ArrayList<>();
        long freed = 0;
        for (Holding holding : inOrder(policy, holdings)) {
            if (freed >= bytes) {
                break;
            }
            chosen.add(holding);
            freed += holding.bytes();
        }
        return freed >= bytes ? chosen : List.of();
    }
}
