package dev.cartd.space;

import dev.cartd.space.Demand.Request;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatedVolumeTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<Request> YEAR = new Demand(2_000, 10_000, true).year(1);
    private static final long ALL = Demand.bytes(YEAR);

    @Test
    void aSeedMakesTheSameYear() {
        assertThat(new Demand(2_000, 10_000, true).year(1)).isEqualTo(YEAR);
        assertThat(new Demand(2_000, 10_000, true).year(2)).isNotEqualTo(YEAR);
    }

    @ParameterizedTest
    @EnumSource
    void neverHoldsMoreThanItHasRoomFor(Contender policy) {
        long room = ALL / 10;
        SimulatedVolume volume = new SimulatedVolume(room, policy);
        for (int from = 0; from < YEAR.size(); from += 50) {
            volume.serve(YEAR.subList(from, from + 50));
            assertThat(bytes(volume.held())).isLessThanOrEqualTo(room);
        }
        assertThat(bytes(volume.held())).isGreaterThan(room / 2);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWantedIsHeldOrPulled(Contender policy) {
        SimulatedVolume volume = new SimulatedVolume(ALL / 10, policy);
        Tally tally = volume.serve(YEAR);
        assertThat(tally.pulls()).isEqualTo(tally.evictions() + volume.held().size());
        assertThat(tally.bytesPulled()).isGreaterThanOrEqualTo(ALL);
    }

    @ParameterizedTest
    @EnumSource
    void withRoomForAllThePolicyDoesNotMatter(Contender policy) {
        Tally tally = new SimulatedVolume(Long.MAX_VALUE, policy).serve(YEAR);
        assertThat(tally.evictions()).isZero();
        assertThat(tally.hits()).isEqualTo(serve(Long.MAX_VALUE, Contender.LRU).hits());
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20, 40})
    void whatWasUsedLatelyIsWantedAgain(int percent) {
        long room = ALL * percent / 100;
        assertThat(serve(room, Contender.LRU).hits())
                .isGreaterThan(serve(room, Contender.FIFO).hits());
    }

    @ParameterizedTest
    @EnumSource
    void whatNobodySeesGoesFirst(Contender policy) {
        SimulatedVolume volume = new SimulatedVolume(10, policy);
        volume.serve(List.of(
                request(1, "old", 1, false),
                request(2, "changed", 1, false),
                request(3, "old", 1, false),
                request(4, "changed", 1, true)));
        assertThat(volume.held().get(0))
                .extracting(EvictionCandidate::uid, EvictionCandidate::hidden)
                .containsExactly("changed", true);
        volume.serve(List.of(request(5, "new", 8, false)));
        assertThat(volume.held()).extracting(EvictionCandidate::uid).containsExactlyInAnyOrder("old", "changed", "new");
        assertThat(volume.held()).noneMatch(EvictionCandidate::hidden);
    }

    @ParameterizedTest
    @EnumSource(names = {"INVERSE_CREDIT", "LOG_CREDIT", "LARGEST"})
    void ofTwoThatWereUsedTogetherTheLargerGoes(Contender policy) {
        EvictionCandidate small = new EvictionCandidate(1, "small", 1_000_000_000L, NOON, false, "");
        EvictionCandidate large = new EvictionCandidate(2, "large", 100_000_000_000L, NOON, false, "");
        assertThat(Stream.of(small, large).sorted(policy.order())).containsExactly(large, small);
    }

    private static long bytes(List<EvictionCandidate> carts) {
        return carts.stream().mapToLong(EvictionCandidate::bytes).sum();
    }

    private static Tally serve(long room, SpacePolicy policy) {
        return new SimulatedVolume(room, policy).serve(YEAR);
    }

    private static Request request(int second, String uid, long bytes, boolean changed) {
        return new Request(NOON.plusSeconds(second), uid, bytes, changed);
    }
}
