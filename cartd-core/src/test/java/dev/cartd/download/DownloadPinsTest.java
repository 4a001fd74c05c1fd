package dev.cartd.download;

import dev.cartd.spi.SpaceStore;
import dev.cartd.system.Timeline;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
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
            assertThat(pins.take(1)).isTrue();
            Instant first = until.get(0);
            now.updateAndGet(time -> time.plus(Duration.ofHours(8)));

            await().until(() -> until.contains(first.plus(Duration.ofHours(8))));
        }
    }
}
