package dev.cartd.server.request;

import dev.cartd.cart.Memory;
import dev.cartd.server.http.Refused;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BodyLimitsTest {
    private static final int MB = 1_000_000;

    private final BodyLimits limits = new BodyLimits(100 * MB, Duration.ofSeconds(60), new Memory(64 * MB));

    @Test
    void aLoneBodyMayBeAsLargeAsTheLimit() {
        try (BodyLimits.Allowance lone = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> lone.take(100 * MB));
            assertThatThrownBy(() -> lone.take(1)).isInstanceOf(Refused.class).hasMessageContaining("too large");
        }
    }

    @Test
    void aBodyThatCanNeverFitIsRefusedForGood() {
        try (BodyLimits.Allowance lone = limits.allowance()) {
            lone.hold(60 * MB);
            assertThatThrownBy(() -> lone.hold(5 * MB))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.status()).isEqualTo(413))
                    .hasMessageContaining("64 MB");
        }
    }

    @Test
    void manyLargeBodiesAtOnceAreRefusedAndSmallOnesAreNot() {
        BodyLimits.Allowance giant = limits.allowance();
        giant.take(50 * MB);
        giant.hold(60 * MB);
        try (BodyLimits.Allowance large = limits.allowance();
                BodyLimits.Allowance small = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> small.take(60_000));
            assertThatThrownBy(() -> large.take(MB))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.headers()).containsEntry("Retry-After", "10"))
                    .hasMessageContaining("Too many large");
        }
        giant.close();
        try (BodyLimits.Allowance first = limits.allowance();
                BodyLimits.Allowance second = limits.allowance()) {
            assertThatNoException().isThrownBy(() -> first.hold(32 * MB));
            assertThatNoException().isThrownBy(() -> second.hold(32 * MB));
            assertThatThrownBy(() -> second.hold(1)).isInstanceOf(Refused.class);
        }
    }

    @Test
    void whatIsThrownAwayHoldsNothing() {
        try (BodyLimits.Allowance refused = limits.allowance();
                BodyLimits.Allowance other = limits.allowance()) {
            refused.hold(60 * MB);
            refused.linger();
            assertThatNoException().isThrownBy(() -> other.hold(60 * MB));
        }
    }
}
