package dev.cartd.space;

import dev.cartd.spi.SpaceStore.Shared;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EvictionChoiceTest {
    private static final EvictionCandidate OLD = candidate(1, 10, 100);
    private static final EvictionCandidate NEW = candidate(2, 30, 300);
    private static final EvictionCandidate MIDDLE = candidate(3, 20, 200);
    private static final EvictionCandidate HIDDEN =
            new EvictionCandidate(4, "uid", 5, Instant.ofEpochSecond(400), true, "");
    private static final EvictionCandidate SPARED =
            new EvictionCandidate(5, "uid", 99, Instant.EPOCH, true, "is being downloaded");

    @Test
    void whatNobodySeesGoesFirstAndThenWhatWasNotUsedForLongest() {
        assertThat(order(SpacePolicy.LRU, NEW, SPARED, OLD, HIDDEN, MIDDLE)).containsExactly(HIDDEN, OLD, MIDDLE, NEW);
    }

    @Test
    void anotherPolicyIsAnotherOrder() {
        SpacePolicy largest =
                () -> Comparator.comparing(EvictionCandidate::bytes).reversed();
        assertThat(order(largest, OLD, HIDDEN, NEW)).containsExactly(HIDDEN, NEW, OLD);
    }

    @Test
    void ofEqualsTheOlderGoes() {
        assertThat(order(SpacePolicy.LRU, candidate(8, 1, 100), OLD))
                .extracting(EvictionCandidate::cart)
                .containsExactly(1L, 8L);
    }

    @Test
    void noMoreGoThanHaveTo() {
        assertThat(freeing(11)).containsExactly(OLD, MIDDLE);
        assertThat(freeing(10)).containsExactly(OLD);
        assertThat(freeing(60)).containsExactly(OLD, MIDDLE, NEW);
        assertThat(freeing(0)).isEmpty();
    }

    @Test
    void nobodyGoesIfAllWouldNotDo() {
        assertThat(freeing(61)).isEmpty();
    }

    @Test
    void whatIsSharedIsFreeWithTheLastThatHasIt() {
        List<Shared> shared = List.of(
                new Shared(1, Set.of(1L, 3L), 1000), new Shared(2, Set.of(2L, 5L), 5000), new Shared(0, Set.of(2L), 7));

        assertThat(freeing(1030, shared)).containsExactly(OLD, MIDDLE);
        assertThat(freeing(1031, shared)).containsExactly(OLD, MIDDLE, NEW);
        assertThat(freeing(1067, shared)).containsExactly(OLD, MIDDLE, NEW);
        // Who is spared has the rest.
        assertThat(freeing(1068, shared)).isEmpty();
    }

    @Test
    void nobodyGoesInVain() {
        EvictionCandidate empty = candidate(7, 0, 50);
        EvictionCandidate sharing = candidate(8, 0, 60);
        List<Shared> shared = List.of(new Shared(5, Set.of(5L, 8L), 1000));

        assertThat(EvictionChoice.freeing(SpacePolicy.LRU, List.of(SPARED, empty, sharing, OLD), shared, 10))
                .containsExactly(OLD);
        assertThat(EvictionChoice.all(SpacePolicy.LRU, List.of(SPARED, empty, sharing, OLD), shared))
                .containsExactly(OLD);
    }

    private static List<EvictionCandidate> freeing(long bytes) {
        return freeing(bytes, List.of());
    }

    private static List<EvictionCandidate> freeing(long bytes, List<Shared> shared) {
        return EvictionChoice.freeing(SpacePolicy.LRU, List.of(NEW, SPARED, OLD, MIDDLE), shared, bytes);
    }

    private static List<EvictionCandidate> order(SpacePolicy policy, EvictionCandidate... candidates) {
        return EvictionChoice.inOrder(policy, List.of(candidates));
    }

    private static EvictionCandidate candidate(long cart, long bytes, long used) {
        return new EvictionCandidate(cart, "uid" + cart, bytes, Instant.ofEpochSecond(used), false, "");
    }
}
