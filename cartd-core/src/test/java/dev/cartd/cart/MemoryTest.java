package dev.cartd.cart;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryTest {
    private final Memory memory = new Memory(64_000);

    @Test
    void whatIsTakenIsNotThereForOthersUntilItIsGivenBack() {
        Memory.Hold one = memory.hold();
        try (Memory.Hold other = memory.hold()) {
            assertThat(one.grow(40_000)).isTrue();
            assertThat(other.grow(24_001)).isFalse();
            assertThat(other.bytes()).isZero();
            assertThat(other.grow(24_000)).isTrue();
            one.close();
            one.close();
            assertThat(other.grow(40_000)).isTrue();
            assertThat(other.grow(1)).isFalse();
            assertThat(other.grow(-10_000)).isTrue();
            assertThat(memory.hold().grow(10_000)).isTrue();
        }
    }

    @Test
    void moreThanThereIsIsNeverGiven() {
        assertThat(memory.hold().grow(64_001)).isFalse();
        assertThat(memory.hold().grow(Long.MAX_VALUE)).isFalse();
        assertThat(memory.hold().grow(64_000)).isTrue();
    }

    @Test
    void smallOnesHaveAReserveBesideAGiant() {
        assertThat(memory.hold().grow(64_000)).isTrue();
        for (int i = 0; i < 8; i++) {
            assertThat(memory.hold().grow(1_000)).as("reserve %s", i).isTrue();
        }
        assertThat(memory.hold().grow(1)).isFalse();
    }

    @Test
    void oneThatGrowsLeavesTheReserveToOthers() {
        for (int i = 0; i < 8; i++) {
            Memory.Hold grows = memory.hold();
            assertThat(grows.grow(900)).isTrue();
            assertThat(grows.grow(7_100)).as("%s", i).isTrue();
        }
        try (Memory.Hold small = memory.hold()) {
            assertThat(small.grow(1_000)).isTrue();
            assertThat(small.grow(1)).as("nothing is left but the reserve").isFalse();
        }
        assertThat(memory.hold().grow(1_000)).isTrue();
    }
}
