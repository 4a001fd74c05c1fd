package dev.cartd.store.engine;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.SqliteFixture;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.NodeLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

class StepSchedulerTest extends StepSchedulerContract {

    @TempDir
    private Path directory;

    private @Nullable DatabaseConfig config;

    @Test
    void whatSleepsLongerThanAnyStepAsksForIsDue() throws Exception {
        Instant now = Instant.now();
        Connections connections = connections();
        connections.write(handle -> StepTable.wake(handle, List.of(1L), now.plus(Duration.ofMinutes(5))));
        connections.write(handle -> StepTable.wake(handle, List.of(2L), now.plusSeconds(60)));

        int woken = connections.<Integer>write(handle -> StepTable.sweep(handle, now));

        assertThat(woken).isEqualTo(1);
        assertThat(rows("select execution_time as at from cartsteps order by task_instance"))
                .extracting(row -> row.get("at"))
                .containsExactly(now.toEpochMilli(), now.plusSeconds(60).toEpochMilli());
    }

    @Test
    void aCartWithoutAnInstanceIsSweptUp() throws Exception {
        CartStore store = store();
        long waiting = add(store, "waiting").id();
        long staging = store.claim(add(store, "staging").id()).orElseThrow().id();
        Cart bundling = store.claim(add(store, "bundling").id()).orElseThrow();
        store.move(bundling, CartStatus.BUNDLING, "", "");
        long deleted = add(store, "deleted").id();
        store.delete("deleted");

        assertThat(swept()).containsExactlyInAnyOrder(waiting, staging, bundling.id(), deleted);
    }

    @Test
    void whatHasNothingToDoIsNotSweptUp() throws Exception {
        CartStore store = store();
        long waiting = add(store, "waiting").id();
        store.move(store.claim(add(store, "error").id()).orElseThrow(), CartStatus.ERROR, "no", "");
        long removed = add(store, "removed").id();
        store.delete("removed");
        store.removed(removed);

        assertThat(swept()).containsExactly(waiting);
    }

    @Test
    void whatSleepsSleepsOnWhenItIsSwept() throws Exception {
        long cart = add(store(), "sleeps").id();
        long later = Instant.now().plusSeconds(60).toEpochMilli();
        SqliteFixture.raw(config())
                .useHandle(handle -> handle.execute(
                        "insert into cartsteps (task_name, task_instance, execution_time, picked, version)"
                                + " values ('cart', ?, ?, 0, 1)",
                        Long.toString(cart),
                        later));

        assertThat(connections().<Integer>write(handle -> StepTable.sweep(handle, Instant.now())))
                .isZero();

        assertThat(rows("select execution_time from cartsteps"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("execution_time", later));
    }

    @Test
    void aStepThatDidNotEndIsRunByWhoStartsNext() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Connections first = connections();
        Scheduler dies = closed(scheduler(first, 1, Duration.ofMillis(100), InstantSource.system()));
        dies.start(cart -> {
            inside.countDown();
            awaitUninterruptibly(never);
            return Optional.of(Duration.ofHours(1));
        });
        dies.wake(5);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        dies.close();
        first.close();
        AtomicInteger runs = new AtomicInteger();

        start(1, cart -> {
            runs.incrementAndGet();
            return Optional.of(Duration.ofHours(1));
        });

        await().atMost(PATIENCE).until(() -> runs.get() == 1);
        never.countDown();
    }

    @Test
    void theHeartbeatsOfAProcessThatEndedAreNotWaitedFor() throws Exception {
        Path locks = connections().dialect().nodeLocks().orElseThrow();
        NodeLock ended = NodeLock.take(locks);
        ended.close();
        Set<Long> ran = ConcurrentHashMap.newKeySet();
        try (NodeLock lives = NodeLock.take(locks)) {
            picked(7, ended.name());
            picked(8, lives.name());

            start(1, cart -> {
                ran.add(cart);
                return Optional.empty();
            });

            await().atMost(PATIENCE).until(() -> ran.contains(7L));
            assertThat(rows("select picked_by from cartsteps where task_instance = '8'"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("picked_by", lives.name()));
        }
        assertThat(ran).containsExactly(7L);
    }

    @Test
    void aSlowStepIsNotTakenForDead() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Scheduler scheduler = start(1, cart -> {
            runs.incrementAndGet();
            awaitHeartbeats(1, 10);
            return Optional.empty();
        });
        scheduler.wake(1);

        await().atMost(PATIENCE)
                .until(() -> runs.get() > 0 && rows("select * from cartsteps").isEmpty());
        assertThat(runs).hasValue(1);
    }

    @Test
    void aWakeIsHeardByAnotherProcess() throws Exception {
        Set<Long> ran = ConcurrentHashMap.newKeySet();
        start(1, cart -> {
            ran.add(cart);
            return Optional.of(Duration.ofHours(1));
        });
        Scheduler other = closed(scheduler(connections(), 1, Duration.ofSeconds(1), InstantSource.system()));

        other.wake(9);

        await().atMost(PATIENCE).until(() -> ran.contains(9L));
    }

    @Test
    void twoProcessesShareTheWorkAndNeverACart() throws Exception {
        Overlapping step = new Overlapping(200);
        Scheduler one = start(1, step);
        Scheduler two = start(1, step);

        for (long cart = 1; cart <= 200; cart++) {
            (cart % 2 == 0 ? one : two).wake(cart);
        }

        step.awaitAllDoneOnce();
    }

    @Test
    void aWakeThatTheDatabaseDoesNotTakeIsNoFailure() throws Exception {
        Connections connections = connections();
        Scheduler scheduler = closed(scheduler(connections, 1, Duration.ofSeconds(1), InstantSource.system()));
        connections.close();

        scheduler.wake(1);

        assertThat(rows("select * from cartsteps")).isEmpty();
    }

    @Test
    void whoWakesDoesNotWaitForTheDatabase() throws Exception {
        Set<Long> ran = ConcurrentHashMap.newKeySet();
        Scheduler scheduler = start(1, cart -> {
            ran.add(cart);
            return Optional.empty();
        });
        try (Handle other = raw().open()) {
            other.execute("begin immediate");
            scheduler.wake(1);
            scheduler.wake(2);
            other.execute("rollback");
        }
        await().atMost(PATIENCE).until(() -> ran.containsAll(Set.of(1L, 2L)));
    }

    @Test
    void whatIsWokenBeforeTheEndIsStored() throws Exception {
        Connections connections = connections();
        Scheduler scheduler = closed(scheduler(connections, 1, Duration.ofSeconds(1), InstantSource.system()));
        scheduler.pause();
        scheduler.start(cart -> Optional.empty());
        for (long cart = 1; cart <= 5_000; cart++) {
            scheduler.wake(cart);
        }

        scheduler.close();
        connections.close();

        assertThat(rows("select * from cartsteps")).hasSize(5_000);
    }

    private Set<Long> swept() throws Exception {
        Set<Long> ran = ConcurrentHashMap.newKeySet();
        AtomicInteger last = new AtomicInteger();
        Scheduler scheduler = start(1, cart -> {
            if (cart == Long.MAX_VALUE) {
                last.incrementAndGet();
            } else {
                ran.add(cart);
            }
            return Optional.of(Duration.ofHours(1));
        });
        await().atMost(PATIENCE).until(() -> !ran.isEmpty());
        // What was swept up together is due together, before this one.
        scheduler.wake(Long.MAX_VALUE);
        await().atMost(PATIENCE).until(() -> last.get() > 0);
        return Set.copyOf(ran);
    }

    private CartStore store() throws Exception {
        return store(connections());
    }

    @Override
    Connections connect() throws IOException {
        return SqliteFixture.connections(config());
    }

    @Override
    Jdbi raw() throws IOException {
        return SqliteFixture.raw(config());
    }

    private DatabaseConfig config() throws IOException {
        if (config == null) {
            config = SqliteFixture.synced(directory);
        }
        return config;
    }
}
