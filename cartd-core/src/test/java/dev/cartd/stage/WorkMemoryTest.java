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
import java.util.function.Supplier;
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
        return runs(memory, cart);
    }

    private static boolean runs(WorkMemory memory, Cart cart) {
        return during(memory, cart, () -> DONE).isEmpty();
    }

    private static Optional<Duration> during(WorkMemory memory, Cart cart, Supplier<Optional<Duration>> step) {
        return memory.during(cart, step, lack -> Optional.of(Duration.ofSeconds(1)));
    }

    @Test
    void whatDoesNotFitBesideAnotherComesLater() {
        assertThat(during(memory, giant, () -> {
                    assertThat(runs(large)).isFalse();
                    assertThat(memory.during(large, () -> DONE, lack -> {
                                assertThat(lack).matches("its files take .* of the .* that carts in work may take");
                                return Optional.of(Duration.ofSeconds(1));
                            }))
                            .isPresent();
                    return DONE;
                }))
                .isEmpty();
        assertThat(runs(large)).isTrue();
        assertThat(runs(other)).isTrue();
    }

    @Test
    void aGiantHasItsTurnAmongMany() {
        during(memory, large, () -> {
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
        during(memory, large, () -> {
            assertThat(runs(giant)).isFalse();
            return DONE;
        });
        now = now.plusSeconds(31);
        assertThat(runs(other)).isTrue();
    }

    @Test
    void aSmallOneGoesBesideAGiantAndBeforeOneThatWaits() {
        WorkMemory roomy = new WorkMemory(store, new Memory(80 * store.memory(small.id())), clock);
        during(roomy, giant, () -> {
            assertThat(runs(roomy, giant)).isFalse();
            assertThat(runs(roomy, small)).isTrue();
            return DONE;
        });
    }

    @Test
    void whatNeverFitsHoldsUpNobody() {
        WorkMemory tight = new WorkMemory(store, new Memory(store.memory(large.id())), clock);
        assertThat(runs(tight, giant)).isFalse();
        assertThat(runs(tight, large)).isTrue();
    }
}
