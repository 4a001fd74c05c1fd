package dev.cartd.local;

import dev.cartd.spi.RequestShares;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OneNodeTest {
    private final RequestShares shares = new OneNode();

    @Test
    void itMaySendWhateverItLearns() {
        assertThat(shares.ask(new RequestShares.Need(1, 5, 0)))
                .returns(RequestShares.ALL, RequestShares.Share::allowed)
                .returns(RequestShares.ALL, RequestShares.Share::learned);
    }

    @Test
    void whereItWantsNothingItHasNothing() {
        assertThat(shares.ask(new RequestShares.Need(4, 0, 0))).isEqualTo(RequestShares.Share.NONE);
    }
}
