package dev.cartd.archive.pacifica;

import dev.cartd.Cartd;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Checksum;
import dev.cartd.spi.ArchiveInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Pacifica's archive interface under its own web server: whatever comes together there goes wrong together. */
class SharedHandleTest {
    private final ArchiveInterface archive = new ArchiveInterface();
    private final Random random = new Random(7);

    @TempDir
    private Path volume;

    @AfterEach
    void close() {
        archive.close();
    }

    @Test
    void everyOneOfSixtyCartsGetsReadyFromASharedHandle() throws Exception {
        archive.shareHandle();
        archive.slow(Duration.ofMillis(2), 64 << 20);
        sixtyCartsGetReady();
    }

    @Test
    void everyOneOfSixtyCartsGetsReadyWhereRequestsAtOnceAreRefused() throws Exception {
        archive.refuseWhenConcurrent();
        archive.slow(Duration.ofMillis(5), 64 << 20);
        sixtyCartsGetReady();
    }

    private void sixtyCartsGetReady() throws Exception {
        try (PacificaArchive client = new PacificaArchive(archive.url(), Duration.ofSeconds(20), 8);
                Cartd cartd = Quick.builder(client, volume).start()) {
            for (int i = 0; i < 60; i++) {
                cartd.submit(new CartRequest("cart-" + i, i % 2 == 0, items(i, 5, 100_000)));
            }
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> IntStream.range(0, 60)
                            .mapToObj(i -> cart(cartd, "cart-" + i))
                            .allMatch(cart -> cart.status() == CartStatus.READY || cart.status() == CartStatus.ERROR));
            assertThat(IntStream.range(0, 60).mapToObj(i -> cart(cartd, "cart-" + i)))
                    .extracting(Cart::reason)
                    .containsOnly("");
        }
    }

    @Test
    void bigFilesAreHardlyEverPulledMoreThanTwice() throws Exception {
        archive.shareHandle();
        archive.slow(Duration.ofMillis(2), 8 << 20);
        try (PacificaArchive client = new PacificaArchive(archive.url(), Duration.ofSeconds(20), 8);
                Cartd cartd = Quick.builder(client, volume).start()) {
            cartd.submit(new CartRequest("big", false, items(1, 12, 4 << 20)));
            await().atMost(Duration.ofMinutes(3)).until(() -> cart(cartd, "big").status() == CartStatus.READY);
        }
        assertThat(archive.sent()).isLessThan(3L * 12 * (4 << 20));
    }

    @Test
    void whatIsWrongOrMissingFailsInTimeAmongMany() throws Exception {
        archive.shareHandle();
        archive.slow(Duration.ofMillis(2), 64 << 20);
        try (PacificaArchive client = new PacificaArchive(archive.url(), Duration.ofSeconds(20), 8);
                Cartd cartd = Quick.builder(client, volume).start()) {
            for (int i = 0; i < 8; i++) {
                cartd.submit(new CartRequest("cart-" + i, false, items(i, 20, 1 << 20)));
            }
            Checksum wrong = new Checksum("md5", "0".repeat(32));
            String md5 = items(100, 1, 10).get(0).checksum().value();
            CartRequest.Item missing = new CartRequest.Item("missing", BundlePath.parse("m"), wrong);
            CartRequest.Item other = new CartRequest.Item("cart-100/0", BundlePath.parse("w"), wrong);
            cartd.submit(new CartRequest("missing", false, List.of(missing)));
            cartd.submit(new CartRequest("wrong", false, List.of(other)));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cart(cartd, "missing").status() == CartStatus.ERROR);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cart(cartd, "wrong").status() == CartStatus.ERROR);
            assertThat(cart(cartd, "missing").reason())
                    .isEqualTo("Failed to stage file m: the archive does not have it");
            assertThat(cart(cartd, "wrong").reason())
                    .isEqualTo("Failed to pull file w: md5 is " + md5 + ", expected " + "0".repeat(32));
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> IntStream.range(0, 8)
                            .allMatch(i -> cart(cartd, "cart-" + i).status() == CartStatus.READY));
        }
    }

    private static Cart cart(Cartd cartd, String uid) {
        return cartd.status(uid).orElseThrow();
    }

    private List<CartRequest.Item> items(int cart, int count, int most) throws Exception {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[most / 2 + random.nextInt(most / 2)];
            random.nextBytes(bytes);
            String id = "cart-" + cart + "/" + i;
            archive.put(id, bytes);
            items.add(CartRequest.Item.of(id, "d/f" + i, "md5", ScriptedArchive.hash("MD5", bytes)));
        }
        return items;
    }
}
