package dev.cartd.space;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpacePolicyTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final Comparator<EvictionCandidate> order = SpacePolicy.LRU.order();

    @Test
    void leastRecentlyUsedGoesFirst() {
        EvictionCandidate late = candidate(1, 10, NOON.plusMillis(1));
        EvictionCandidate early = candidate(3, 10, NOON.minusMillis(1));
        EvictionCandidate noon = candidate(2, 10, NOON);
        assertThat(Stream.of(late, early, noon).sorted(order)).containsExactly(early, noon, late);
    }

    @Test
    void carriesNothingButTheTimeOfUse() {
        EvictionCandidate large = new EvictionCandidate(1, "a", Long.MAX_VALUE, NOON, false, "");
        EvictionCandidate hidden = new EvictionCandidate(2, "b", 0, NOON, true, "it is being downloaded");
        assertThat(order.compare(large, hidden)).isZero();
    }

    /** Who asks for the order breaks ties, and in one way for all policies. */
    @Test
    void leavesCartsOfOneMomentAsTheyAre() {
        List<EvictionCandidate> carts = List.of(candidate(2, 1, NOON), candidate(1, 1, NOON), candidate(3, 1, NOON));
        assertThat(carts.stream().sorted(order)).containsExactlyElementsOf(carts);
    }

    private static EvictionCandidate candidate(long cart, long bytes, Instant used) {
        return new EvictionCandidate(cart, "cart-" + cart, bytes, used, false, "");
    }
}
