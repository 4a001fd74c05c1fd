package dev.cartd.server.view;

import dev.cartd.Cartd;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.Waiting;
import dev.cartd.server.carts.Carts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OverviewTest {
    private static final Overview.Room ROOM = new Overview.Room(1, 1, 1, 1, 1, 1, 1, List.of(), List.of());

    @TempDir
    private Path volume;

    private Cartd cartd;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeEach
    void open() {
        cartd = Quick.builder(new ScriptedArchive(), volume).open();
    }

    @AfterEach
    void close() {
        end.countDown();
        cartd.close();
    }

    /** Its room can be read once, and then not until the end. */
    private Overview hanging(int before, Duration longest) {
        return new Overview(
                Carts.of(cartd),
                System::nanoTime,
                space -> {
                    if (asked.incrementAndGet() > before) {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return Optional.of(ROOM);
                },
                longest);
    }

    @Test
    void aVolumeThatHangsIsAskedOnceAndWaitedForOnce() {
        Overview overview = hanging(0, Duration.ofMillis(500));
        for (int i = 0; i < 3; i++) {
            overview.changed();
            assertThat(overview.state().room()).isEmpty();
        }
        assertThat(asked).hasValue(1);

        end.countDown();
        Waiting.await().untilAsserted(() -> {
            overview.changed();
            assertThat(overview.state().room()).contains(ROOM);
        });
    }

    @Test
    void whileOneLooksOthersGetTheLastState() {
        Overview overview = hanging(1, Duration.ofMinutes(10));
        Overview.State first = overview.state();
        overview.changed();
        CompletableFuture<Overview.State> looker = CompletableFuture.supplyAsync(overview::state);
        Waiting.await().untilAsserted(() -> assertThat(asked).hasValue(2));

        overview.changed();
        assertThat(overview.state()).isSameAs(first);
        assertThat(looker).isNotDone();
        end.countDown();
        assertThat(looker.join()).isNotSameAs(first);
    }
}
