package dev.cartd.cart;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class OriginTest {
    @ParameterizedTest
    @CsvSource({
        "WAITING, 0, false, CARTD",
        "STAGING, 0, false, PACIFICA",
        "STAGING, 1, false, CARTD",
        "BUNDLING, 0, false, PACIFICA",
        "READY, 0, false, PACIFICA",
        "READY, 3, true, CARTD"
    })
    void whoStagedTheFilesFollowsFromTheRecord(CartStatus status, long epoch, boolean ready, Cart.Origin origin) {
        assertThat(cart(status, epoch, ready).origin()).isEqualTo(origin);
    }

    /** Pacifica Cartd records no moment when it makes a cart ready, also if cartd had worked on the cart before. */
    @ParameterizedTest
    @CsvSource({"0", "1", "7"})
    void aCartThatPacificaCartdMadeReadyIsItsOwnWhoeverClaimedItBefore(long epoch) {
        assertThat(cart(CartStatus.READY, epoch, false).origin()).isEqualTo(Cart.Origin.PACIFICA);
    }

    private static Cart cart(CartStatus status, long epoch, boolean ready) {
        return new Cart(
                1,
                "x",
                false,
                status,
                "",
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                ready ? Optional.of(Instant.EPOCH) : Optional.empty(),
                Optional.empty(),
                epoch,
                new Cart.Progress(1, 1, 1, 1),
                0,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED);
    }
}
