package dev.cartd.claim;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimedCartTest {
    private final MemoryStore store = new MemoryStore(InstantSource.system());

    private ClaimedCart claim(long cart) {
        Cart claim = store.claim(cart).orElseThrow();
        Deadlines deadlines = new Deadlines(StageSettings.DEFAULT, Duration.ofHours(1));
        return new ClaimedCart(store, size -> size, deadlines, InstantSource.system(), claim, store.files(cart));
    }

    /** A step first says what it waits for, and looks at the volume later: what is there must not seem to be gone. */
    @Test
    void whatIsThereOfAFileStaysCountedUntilItIsCountedAnew() throws StepStopped {
        Item item = Item.of("id", "path", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        long cart = store.add(new CartRequest("uid", false, List.of(item)), 0).id();
        ClaimedCart first = claim(cart);
        first.countUnfinished(() -> 100);
        first.save();

        ClaimedCart second = claim(cart);
        second.save();
        assertThat(store.live("uid")).first().satisfies(recorded -> {
            assertThat(recorded.progress().stagedBytes()).isEqualTo(100);
            assertThat(recorded.held()).isEqualTo(100);
        });

        second.countUnfinished(() -> 40);
        second.save();
        assertThat(store.live("uid")).first().satisfies(recorded -> {
            assertThat(recorded.progress().stagedBytes()).isEqualTo(40);
            assertThat(recorded.held()).isEqualTo(40);
        });
    }
}
