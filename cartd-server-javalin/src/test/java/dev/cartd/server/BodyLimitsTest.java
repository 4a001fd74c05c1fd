package dev.cartd.server;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BodyLimitsTest {
    private static final int MB = 1_000_000;

    private final BodyLimits limits = new BodyLimits(100 * MB, Duration.ofSeconds(60), 10 * MB);

    @Test
    void aLoneBodyMayBeAsLargeAsTheLimit() {
        try (BodyLimits.Allowance lone = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> lone.take(100 * MB));
            assertThatThrownBy(() -> lone.take(1)).isInstanceOf(Refused.class).hasMessageContaining("too large");
        }
    }

    @Test
    void manyLargeBodiesAtOnceAreRefusedAndSmallOnesAreNot() {
        BodyLimits.Allowance giant = limits.allowance();
        giant.take(50 * MB);
        try (BodyLimits.Allowance large = limits.allowance();
                BodyLimits.Allowance small = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> small.take(60_000));
            assertThatThrownBy(() -> large.take(MB)).isInstanceOf(Refused.class).hasMessageContaining("Too many large");
        }
        giant.close();
        try (BodyLimits.Allowance first = limits.allowance();
                BodyLimits.Allowance second = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> first.take(5 * MB));
            assertThatNoException().isThrownBy(() -> second.take(5 * MB));
            assertThatThrownBy(() -> second.take(1)).isInstanceOf(Refused.class);
        }
    }
}
