package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Files that are others in the archive when they are pulled than when their status was asked for. */
class ChangedFilesOfArchiveTest {
    private static final StageSettings QUICK = new StageSettings(
            2,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            64 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    @TempDir
    private Path volume;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();
    private Optional<Cartd> cartd = Optional.empty();

    private void pulled(String id) {
        hooks.getOrDefault(id, () -> {}).run();
    }

    @AfterEach
    void close() {
        cartd.ifPresent(Cartd::close);
    }

    private Cartd start() {
        Cartd started = Cartd.builder(new HookedArchive(archive, this::pulled), volume)
                .store(store)
                .settings(QUICK)
                .start();
        cartd = Optional.of(started);
        return started;
    }

    /** Five files, of which the middle one is told to be of another size until it is pulled. */
    private List<CartRequest.Item> items(long told, int size) {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            archive.add("f" + i, i == 2 ? size : 3000 + i);
            items.add(archive.item("f" + i, "d/f" + i));
        }
        archive.claim("f2", told);
        hooks.put("f2", () -> archive.claim("f2", size));
        return items;
    }

    @ParameterizedTest
    @CsvSource({
        "false, 17, 20",
        "false, 20, 17",
        "false, 0, 9",
        "false, 9, 0",
        "false, 17, 200000",
        "true, 17, 20",
        "true, 20, 17",
        "true, 0, 9",
        "true, 9000, 0",
        "true, 17, 200000",
        "true, 200000, 17"
    })
    void aSizeThatIsNoLongerTrueIsAskedForAgain(boolean bundle, long told, int size) throws IOException {
        Cartd started = start();
        started.submit(new CartRequest("cart", bundle, items(told, size)));
        Cart cart = end("cart");

        assertThat(cart.reason()).isEmpty();
        assertThat(cart.status()).isEqualTo(CartStatus.READY);
        Map<String, byte[]> files = Tars.files(started, "cart");
        for (int i = 0; i < 5; i++) {
            assertThat(files.get("d/f" + i)).isEqualTo(archive.bytes("f" + i));
        }
        long sum = 4L * 3000 + 1 + 3 + 4 + size;
        assertThat(cart.progress()).isEqualTo(new Cart.Progress(5, 5, sum, sum));
        assertThat(archive.count("pull", "f2")).isLessThanOrEqualTo(2);
        assertThat(store.files(cart.id()))
                .allSatisfy(file -> assertThat(file.reason()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatIsAnotherFileByNowFailsAndSaysSo(boolean bundle) {
        Cartd started = start();
        List<CartRequest.Item> items = items(17, 17);
        hooks.put("f2", () -> archive.claim("f2", 23).replace("f2", new byte[23]));
        started.submit(new CartRequest("cart", bundle, items));

        assertThat(end("cart").reason())
                .startsWith("Failed to pull file d/f2: md5 is ")
                .contains("it changed in the archive while it was being pulled: it had 17 bytes and has 23");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatNeverStopsChangingFails(boolean bundle) {
        Cartd started = start();
        List<CartRequest.Item> items = items(17, 5);
        AtomicInteger size = new AtomicInteger(100);
        hooks.put("f2", () -> archive.claim("f2", size.incrementAndGet()));
        started.submit(new CartRequest("cart", bundle, items));

        assertThat(end("cart").reason())
                .startsWith("Failed to pull file d/f2: it changed in the archive while it was being pulled: it had ");
        assertThat(archive.count("pull", "f2")).isEqualTo(QUICK.retries());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTimeThatIsNoLongerTrueIsAskedForAgainToo(boolean bundle) {
        Cartd started = start();
        List<CartRequest.Item> items = items(17, 17);
        archive.fail(new ScriptedArchive.Faults(0, 0, 100, 1));
        hooks.put("f2", () -> {
            archive.touch("f2", 1_600_000_000);
            hooks.put("f2", () -> archive.fail(new ScriptedArchive.Faults(0, 0, 0, 1)));
        });
        started.submit(new CartRequest("cart", bundle, items.subList(2, 3)));

        Cart cart = end("cart");
        assertThat(cart.status()).isEqualTo(CartStatus.READY);
        assertThat(store.files(cart.id()).get(0).mtime()).isEqualTo(1_600_000_000);
    }

    private Cart end(String uid) {
        await().until(() ->
                !cartd.orElseThrow().status(uid).orElseThrow().status().inWork());
        return cartd.orElseThrow().status(uid).orElseThrow();
    }
}
