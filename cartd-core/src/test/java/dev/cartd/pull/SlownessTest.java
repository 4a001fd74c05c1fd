package dev.cartd.pull;

import dev.cartd.cart.Cart;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlownessTest {
    private long now;
    private final Slowness slowness = new Slowness(() -> now, progress(1, 1_000_000));

    private static Cart.Progress progress(int staged, long bytes) {
        return new Cart.Progress(100, staged, 100_000_000, bytes);
    }

    private boolean looksSlow(Duration later, int staged, long bytes) {
        now += later.toNanos();
        return slowness.isSlow(progress(staged, bytes));
    }

    @Test
    void tenSecondsWithHardlyAByteAreSlow() {
        assertThat(looksSlow(Duration.ofSeconds(9), 1, 1_000_000)).isFalse();
        assertThat(looksSlow(Duration.ofSeconds(1), 1, 1_100_000)).isTrue();
        assertThat(looksSlow(Duration.ofSeconds(9), 1, 5_000_000))
                .as("until it was looked for as long again")
                .isTrue();
        assertThat(looksSlow(Duration.ofSeconds(1), 1, 5_000_000)).isFalse();
    }

    @Test
    void smallFilesThatComeWholeAreNotSlow() {
        assertThat(looksSlow(Duration.ofSeconds(10), 2, 1_000_010)).isFalse();
    }
}
