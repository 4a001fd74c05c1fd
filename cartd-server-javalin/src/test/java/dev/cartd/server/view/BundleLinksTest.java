package dev.cartd.server.view;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.Standstill;
import dev.cartd.server.http.OwnPaths;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BundleLinksTest {
    private static BundleLinks links(boolean bundle, Optional<Instant> ready, String... hashTypes) {
        Cart cart = new Cart(
                1,
                "my cart",
                bundle,
                CartStatus.READY,
                "",
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                ready,
                Optional.empty(),
                0,
                new Cart.Progress(1, 1, 1, 1),
                1,
                Optional.empty(),
                Standstill.NEW,
                Durability.SYNCED);
        return BundleLinks.of(new OwnPaths("my cart"), cart, new FileCounts(0, 0, 0, 1, 0, Set.of(hashTypes)));
    }

    @Test
    void aCartCanBeHadInEachForm() {
        BundleLinks links = links(true, Optional.of(Instant.EPOCH), "md5");

        assertThat(links.tar()).isEqualTo("/my%20cart?filename=my%20cart.tar");
        assertThat(links.zip()).contains("/my%20cart?filename=my%20cart.zip&format=zip");
        assertThat(links.bag()).contains("/my%20cart?filename=my%20cart-bag.tar&format=bagit");
    }

    @Test
    void aBagWantsHashes() {
        assertThat(links(false, Optional.of(Instant.EPOCH), "md5", "sha1").bag())
                .isPresent();
        assertThat(links(false, Optional.of(Instant.EPOCH)).bag()).isEmpty();
        assertThat(links(false, Optional.of(Instant.EPOCH), "md5", "sha1").zip())
                .isPresent();
    }

    @Test
    void aTarOfPacificaCartdStaysOne() {
        BundleLinks links = links(true, Optional.empty(), "md5");

        assertThat(links.tar()).isNotEmpty();
        assertThat(links.zip()).isEmpty();
        assertThat(links.bag()).isEmpty();
        assertThat(links(false, Optional.empty(), "md5").zip()).isPresent();
    }
}
