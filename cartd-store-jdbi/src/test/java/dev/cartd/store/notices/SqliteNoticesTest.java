package dev.cartd.store.notices;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Notice;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.SqliteFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SqliteNoticesTest extends NoticesContract {
    @TempDir
    private Path directory;

    @Override
    DatabaseConfig config() throws IOException {
        return SqliteFixture.synced(directory);
    }

    /** Nothing gets between the two: where the notice cannot be recorded, the change is not either. */
    @Test
    void aChangeWithoutItsNoticeIsNone() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        DatabaseConfig config = SqliteFixture.synced(other).withReceivers(Set.of(Notice.URL));
        try (Database database = Database.open(config, InstantSource.system())) {
            CartStore store = database.store();
            Item file = Item.of("a", "a", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
            Cart cart = store.claim(store.add(new CartRequest("x", false, List.of(file)), 0)
                            .id())
                    .orElseThrow();
            SqliteFixture.raw(config).useHandle(handle -> handle.execute("alter table cartnotice rename to away"));
            assertThatThrownBy(() -> store.finish(cart, List.of(), "", "/v/1"))
                    .isInstanceOf(CartException.Unavailable.class);
            assertThatThrownBy(() -> store.move(cart, CartStatus.ERROR, "no", ""))
                    .isInstanceOf(CartException.Unavailable.class);
            assertThat(store.live("x").get(0).status()).isEqualTo(CartStatus.STAGING);
            SqliteFixture.raw(config).useHandle(handle -> handle.execute("alter table away rename to cartnotice"));
            assertThat(store.finish(cart, List.of(), "", "/v/1")).isTrue();
            assertThat(database.notices().due(10)).hasSize(1);
        }
    }
}
