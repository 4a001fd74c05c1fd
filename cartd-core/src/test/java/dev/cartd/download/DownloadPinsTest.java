package dev.cartd.download;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.system.Timeline;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

class DownloadPinsTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final List<Instant> until = new CopyOnWriteArrayList<>();

    /** A store that pins whatever it is told to. */
    private final SpaceStore store = (SpaceStore) Proxy.newProxyInstance(
            SpaceStore.class.getClassLoader(), new Class<?>[] {SpaceStore.class}, (proxy, method, args) -> {
                assertThat(method.getName()).isEqualTo("pin");
                return until.add((Instant) args[2]);
            });

    @Test
    void aPinIsRenewedAtOnceWhenTheMachineWasSuspended() {
        try (DownloadPins pins = new DownloadPins(store, Timeline.ofMachine(now::get), () -> {})) {
            assertThat(pins.pinReady(1)).isTrue();
            Instant first = until.get(0);
            now.updateAndGet(time -> time.plus(Duration.ofHours(8)));

            await().until(() -> until.contains(first.plus(Duration.ofHours(8))));
        }
    }

    /** Another download comes while the store is asked whether the cart is ready, and it is not. */
    @Test
    void whoComesWhileTheStoreIsAskedDoesNotTakeTheCartForReady() {
        for (boolean hold : new boolean[] {true, false}) {
            List<DownloadPins> opened = new ArrayList<>();
            List<Boolean> meanwhile = new ArrayList<>();
            SpaceStore notReady = (SpaceStore) Proxy.newProxyInstance(
                    SpaceStore.class.getClassLoader(), new Class<?>[] {SpaceStore.class}, (proxy, method, args) -> {
                        if (meanwhile.isEmpty()) {
                            meanwhile.add(true);
                            meanwhile.set(0, opened.get(0).pinReady(1));
                        }
                        return false;
                    });
            try (DownloadPins pins = new DownloadPins(notReady, Timeline.ofMachine(now::get), () -> {})) {
                opened.add(pins);
                if (hold) {
                    pins.pinOnceReady(1);
                } else {
                    assertThat(pins.pinReady(1)).isFalse();
                }
                assertThat(meanwhile).containsExactly(false);
            }
        }
    }

    @Test
    void aCartInWorkIsPinnedOnceItIsReady() {
        MemoryStore carts = new MemoryStore(now::get);
        Item item = Item.of("id", "path", "md5", "acbd18db4cc2f85cedef654fccc4a4d8");
        Cart claim = carts.claim(carts.add(new CartRequest("uid", false, List.of(item)), 0)
                        .id())
                .orElseThrow();
        try (DownloadPins pins = new DownloadPins(carts.space(), Timeline.ofMachine(now::get), () -> {})) {
            pins.pinOnceReady(claim.id());
            assertThat(carts.space().pins()).isEmpty();
            assertThat(pins.pinReady(claim.id())).as("a tar of it can be had").isFalse();
            carts.finish(claim, List.of(), "", "/tree");

            assertThat(pins.pinReady(claim.id())).isTrue();
            assertThat(carts.space().pins())
                    .extracting(SpaceStore.Pin::downloads)
                    .containsExactly(2);

            pins.release(claim.id());
            now.updateAndGet(time -> time.plus(Duration.ofSeconds(30)));
            await().untilAsserted(() -> assertThat(carts.space().pins())
                    .extracting(SpaceStore.Pin::downloads)
                    .containsExactly(1));
            pins.release(claim.id());
            await().untilAsserted(() -> assertThat(carts.space().pins()).isEmpty());
        }
    }
}
