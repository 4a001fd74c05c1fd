package dev.cartd.server.view;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Standstill;
import dev.cartd.server.view.Rates.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RatesTest {
    private long nanos = -5;
    private final Rates rates = new Rates(() -> nanos);

    private Optional<Rate> lookAfter(long seconds, long bytes) {
        return lookAfter(seconds, bytes, CartStatus.STAGING);
    }

    private Optional<Rate> lookAfter(long seconds, long bytes, CartStatus status) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        return rates.look(new Cart(
                7,
                "uid",
                false,
                status,
                "",
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                1,
                new Cart.Progress(1, 0, 1_000_000, bytes),
                0,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED));
    }

    @Test
    void aFirstLookAndSoonOnesHaveNoRate() {
        assertThat(lookAfter(0, 0)).isEmpty();
        assertThat(lookAfter(5, 500)).isEmpty();
        assertThat(lookAfter(4, 900)).isEmpty();
    }

    @Test
    void aSteadyRateIsSteady() {
        lookAfter(0, 100);
        lookAfter(10, 1100);
        Rate rate = lookAfter(10, 2100).orElseThrow();
        assertThat(rate).isEqualTo(new Rate(100, Duration.ofSeconds(20), 100, 100));
        assertThat(rate.isSteady()).isTrue();
    }

    @Test
    void aRateThatChangesMuchIsNot() {
        lookAfter(0, 0);
        lookAfter(10, 1000);
        Rate rate = lookAfter(10, 1100).orElseThrow();
        assertThat(rate).isEqualTo(new Rate(55, Duration.ofSeconds(20), 10, 100));
        assertThat(rate.isSteady()).isFalse();
    }

    /** Nothing is known about when the bytes came between the two. */
    @Test
    void twoLooksAreNotSteady() {
        lookAfter(0, 0);
        assertThat(lookAfter(30, 3000).orElseThrow().isSteady()).isFalse();
    }

    @Test
    void oldLooksAreForgotten() {
        lookAfter(0, 0);
        lookAfter(100, 1_000);
        lookAfter(60, 601_000);
        assertThat(lookAfter(60, 1_201_000).orElseThrow().perSecond()).isEqualTo(10_000);
        assertThat(lookAfter(600, 1_201_000)).isEmpty();
    }

    @Test
    void aCartThatLostFilesBeginsAnew() {
        lookAfter(0, 5_000);
        assertThat(lookAfter(20, 1_000)).isEmpty();
        assertThat(lookAfter(20, 3_000).orElseThrow().perSecond()).isEqualTo(100);
    }

    @Test
    void manyLooksAreBounded() {
        lookAfter(0, 0);
        Optional<Rate> rate = Optional.empty();
        for (int i = 1; i <= 500; i++) {
            rate = lookAfter(1, 100L * i);
        }
        assertThat(rate.orElseThrow().over()).isLessThan(Duration.ofMinutes(2));
        assertThat(rate.orElseThrow().perSecond()).isEqualTo(100);
    }

    @Test
    void onlyACartThatIsBeingStagedHasARate() {
        lookAfter(0, 0);
        lookAfter(10, 1_000);
        assertThat(lookAfter(10, 2_000, CartStatus.READY)).isEmpty();
    }
}
