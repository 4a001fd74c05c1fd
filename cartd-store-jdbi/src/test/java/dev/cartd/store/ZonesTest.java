package dev.cartd.store;

import dev.cartd.bundle.BundleName;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Moments in the database mean the same in every zone, and in the hour that comes twice. */
class ZonesTest {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    private final TimeZone before = TimeZone.getDefault();
    private Instant now = Instant.parse("2026-11-26T08:00:00.123Z");
    private DatabaseConfig config;
    private Database database;
    private CartStore store;

    ZonesTest(@TempDir Path directory) throws IOException {
        config = SqliteFixture.synced(directory);
        database = Database.open(config, () -> now);
        store = database.store();
    }

    @BeforeEach
    void inTokyo() {
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    }

    @AfterEach
    void back() {
        TimeZone.setDefault(before);
        database.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pacific/Honolulu", "UTC", "Pacific/Kiritimati"})
    void aNodeInAnotherZoneSeesTheSameMoments(String zone) {
        Cart cart = ready();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));

        Cart there = live();
        assertThat(there.created()).isEqualTo(now);
        assertThat(there.updated()).isEqualTo(now).isEqualTo(cart.updated());
        assertThat(store.space().holders())
                .allSatisfy(held -> assertThat(held.used()).isEqualTo(now));
        assertThat(there.readyLocal().map(BundleName::of).map(BundleName::filename))
                .contains("data_2026_11_26_17_00_00.tar");
        assertThat(store.space().evict(there.id(), now, "for room")).isTrue();
        assertThat(store.forget(now)).isZero();
        assertThat(store.deleted(1)).first().returns(now, Cart::updated);
    }

    @Test
    void theHourThatComesTwiceIsNotConfused() {
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        now = Instant.parse("2026-10-25T00:30:00Z");
        store.add(request(), 0);
        now = now.plus(Duration.ofHours(1));
        assertThat(store.add(request(), 0).updated()).isEqualTo(now);
        assertThat(live().updated()).isEqualTo(now);
    }

    @Test
    void whatPacificaWroteSinceCountsUnlessItIsOlder() {
        ready();
        write("2026-11-26 18:00:00");
        assertThat(live().updated()).isEqualTo(Instant.parse("2026-11-26T09:00:00Z"));
        write("2026-11-26 16:00:00");
        assertThat(live().updated()).isEqualTo(now);
    }

    @Test
    void whatPacificaMadeReadyHasItsNameFromItsOwnText() {
        ready();
        SqliteFixture.raw(config)
                .useHandle(handle -> handle.execute("update cart set ready_at = null, ready_local = null"));
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        assertThat(live().readyLocal().map(BundleName::of).map(BundleName::filename))
                .contains("data_2026_11_26_17_00_00.tar");
    }

    private void write(String local) {
        SqliteFixture.raw(config).useHandle(handle -> handle.execute("update cart set updated_date = ?", local));
    }

    private Cart live() {
        return store.live("cart").get(0);
    }

    private Cart ready() {
        Cart cart = store.claim(store.add(request(), 0).id()).orElseThrow();
        assertThat(store.move(cart, CartStatus.BUNDLING, "", "")).isTrue();
        assertThat(store.move(cart.withStatus(CartStatus.BUNDLING), CartStatus.READY, "", "/volume/1/cart"))
                .isTrue();
        return live();
    }

    private static CartRequest request() {
        return new CartRequest("cart", false, List.of(CartRequest.Item.of("id", "a/b", "md5", MD5)));
    }
}
