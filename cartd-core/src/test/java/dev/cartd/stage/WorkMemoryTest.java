package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Memory;
import dev.cartd.local.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WorkMemoryTest {
    private static final Optional<Duration> DONE = Optional.empty();
    private static final String MD5 = "0123456789abcdef0123456789abcdef";

    private Instant now = Instant.EPOCH;
    private final InstantSource clock = () -> now;
    private final MemoryStore store = new MemoryStore(clock);
    private final Cart giant = cart("giant", 900);
    private final Cart large = cart("large", 500);
    private final Cart other = cart("other", 500);
    private final Cart small = cart("small", 17);

    /** Just enough for the giant. */
    private final WorkMemory memory = new WorkMemory(store, new Memory(store.memory(giant.id())), clock);

    private Cart cart(String uid, int files) {
        List<CartRequest.Item> items = IntStream.range(0, files)
                .mapToObj(i -> CartRequest.Item.of("" + i, "file" + i, "md5", MD5))
                .toList();
        return store.add(new CartRequest(uid, false, items), 0);
    }

    private boolean runs(Cart cart) {
        return memory.during(cart, () -> DONE).isEmpty();
    }

    @Test
    void whatDoesNotFitBesideAnotherComesLater() {
        assertThat(memory.during(giant, () -> {
                    assertThat(runs(large)).isFalse();
                    assertThat(memory.during(large, () -> DONE)).contains(Duration.ofSeconds(1));
                    return DONE;
                }))
                .isEmpty();
        assertThat(runs(large)).isTrue();
        assertThat(runs(other)).isTrue();
    }

    @Test
    void aGiantHasItsTurnAmongMany() {
        memory.during(large, () -> {
            assertThat(runs(giant)).isFalse();
            return DONE;
        });
        assertThat(runs(other)).as("the giant is next").isFalse();
        assertThat(runs(large)).isFalse();
        assertThat(runs(giant)).isTrue();
        assertThat(runs(other)).isTrue();
    }

    @Test
    void whoWaitsAndGoesAwayHoldsUpNobody() {
        memory.during(large, () -> {
            assertThat(runs(giant)).isFalse();
            return DONE;
        });
        now = now.plusSeconds(31);
        assertThat(runs(other)).isTrue();
    }

    @Test
    void aSmallOneGoesBesideAGiantAndBeforeOneThatWaits() {
        WorkMemory roomy = new WorkMemory(store, new Memory(80 * store.memory(small.id())), clock);
        roomy.during(giant, () -> {
            assertThat(roomy.during(giant, () -> DONE)).isPresent();
            assertThat(roomy.during(small, () -> DONE)).isEmpty();
            return DONE;
        });
    }

    @Test
    void whatNeverFitsHoldsUpNobody() {
        WorkMemory tight = new WorkMemory(store, new Memory(store.memory(large.id())), clock);
        assertThat(tight.during(giant, () -> DONE)).isPresent();
        assertThat(tight.during(large, () -> DONE)).isEmpty();
    }
}
