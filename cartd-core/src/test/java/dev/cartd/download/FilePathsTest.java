package dev.cartd.download;

import dev.cartd.Around;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.CartStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FilePathsTest {
    private static final String MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";

    private final MemoryStore store = new MemoryStore(() -> Instant.EPOCH);
    private final AtomicInteger pages = new AtomicInteger();

    /** The store, which counts pages of more than one file. */
    private final CartStore counting = Around.port(CartStore.class, store, (method, args, port) -> {
        if (args.size() == 4 && (int) args.get(3) > 1) {
            pages.incrementAndGet();
        }
        return port.call();
    });

    private Cart add(String uid, int files) {
        List<Item> items = IntStream.range(0, files)
                .mapToObj(i -> Item.of("id-" + i, "d/" + i, "md5", MD5))
                .toList();
        return store.add(new CartRequest(uid, false, items), 0);
    }

    @Test
    void everyFileIsFound() {
        add("other", 10);
        Cart cart = add("many", 2500);
        FilePaths paths = new FilePaths(counting, 1 << 20);
        for (CartFile file : store.files(cart.id())) {
            assertThat(paths.find(cart, file.path())).contains(file);
        }
        assertThat(paths.find(cart, "d/2500")).isEmpty();
        assertThat(paths.find(cart, "")).isEmpty();
        assertThat(paths.find(cart, "\ud800")).isEmpty();
        assertThat(pages).as("pages that were read").hasValue(3);
    }

    @Test
    void aFileIsFoundAsItIsNow() {
        Cart claim = store.claim(add("one", 1).id()).orElseThrow();
        FilePaths paths = new FilePaths(store);
        CartFile file = paths.find(claim, "d/0").orElseThrow();
        CartFile failed = file.failed("no");
        store.record(claim, List.of(failed));
        assertThat(paths.find(claim, "d/0")).isEqualTo(Optional.of(failed));
    }

    @Test
    void theCartsThatWereLookedAtLastAreRemembered() {
        Cart one = add("one", 10);
        Cart two = add("two", 10);
        Cart three = add("three", 10);
        FilePaths paths = new FilePaths(counting, 40);
        for (Cart cart : List.of(one, two, one, three)) {
            assertThat(paths.find(cart, "d/7")).isPresent();
        }
        assertThat(pages.getAndSet(0)).isEqualTo(3);

        assertThat(paths.find(one, "d/7")).isPresent();
        assertThat(pages).hasValue(0);
        assertThat(paths.find(two, "d/7")).isPresent();
        assertThat(pages).hasValue(1);
    }

    @Test
    void aCartThatIsLargerThanAllRoomIsFoundToo() {
        Cart cart = add("large", 100);
        assertThat(new FilePaths(store, 0).find(cart, "d/99")).isPresent();
    }

    @Test
    void nobodyWaitsWhileALargeCartIsListed() throws Exception {
        Cart large = add("large", 1).with(new Cart.Progress(100_001, 0, 0, 0));
        Cart small = add("small", 1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CartStore slow = Around.port(CartStore.class, store, (method, args, port) -> {
            if (args.get(0).equals(large.id())) {
                begun.countDown();
                go.await();
            }
            return port.call();
        });
        FilePaths paths = new FilePaths(slow, 1 << 20);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Optional<CartFile>> found = other.submit(() -> paths.find(large, "d/0"));
            begun.await();

            assertThat(paths.find(small, "d/0")).isPresent();
            assertThatThrownBy(() -> paths.find(large, "d/0"))
                    .isInstanceOf(CartException.Unavailable.class)
                    .hasMessage("The files of a large cart are being listed, try again soon.");

            go.countDown();
            assertThat(found.get(20, TimeUnit.SECONDS)).isPresent();
            assertThat(paths.find(large, "d/0")).isPresent();
        } finally {
            go.countDown();
            other.shutdownNow();
        }
    }
}
