package dev.cartd.store.engine;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.sql.Connections;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Several schedulers with connections of their own are to the database what several nodes are. */
class PostgresStepSchedulerTest extends StepSchedulerContract {
    private static @Nullable DatabaseConfig config;

    @BeforeAll
    static void create() {
        config = PostgresFixture.synced();
    }

    @BeforeEach
    void clear() {
        PostgresFixture.clear(config());
    }

    @Test
    void unfinishedCartsAreSweptUp() throws Exception {
        CartStore store = store(connections());
        long waiting = add(store, "waiting").id();
        long staging = store.claim(add(store, "staging").id()).orElseThrow().id();
        long deleted = add(store, "deleted").id();
        store.delete("deleted");
        Set<Long> ran = ConcurrentHashMap.newKeySet();

        start(1, cart -> {
            ran.add(cart);
            return Optional.of(Duration.ofHours(1));
        });

        await().atMost(PATIENCE).until(() -> ran.equals(Set.of(waiting, staging, deleted)));
    }

    @Test
    void aDeadNodesStepIsRevived() throws Exception {
        PostgresFixture.raw(config())
                .useHandle(handle -> handle.execute(
                        "insert into cartsteps (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)"
                                + " values ('cart', '77', 1000, true, 'a process that was killed', ?, 5)",
                        Instant.now().minusSeconds(60).toEpochMilli()));
        Set<Long> ran = ConcurrentHashMap.newKeySet();

        start(1, cart -> {
            ran.add(cart);
            return Optional.empty();
        });

        await().atMost(PATIENCE).until(() -> ran.contains(77L));
        await().atMost(PATIENCE).until(() -> rows("select * from cartsteps").isEmpty());
    }

    @Test
    void theCartsOfANodeThatLostTheDatabaseGoOnElsewhere() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Connections lost = connections();
        Scheduler node = closed(new StepScheduler(lost, 1, HEARTBEAT, Duration.ofMillis(100)));
        node.start(cart -> {
            inside.countDown();
            awaitUninterruptibly(never);
            return Optional.of(Duration.ofHours(1));
        });
        node.wake(5);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        lost.close();
        AtomicInteger runs = new AtomicInteger();

        start(1, cart -> {
            runs.incrementAndGet();
            return Optional.of(Duration.ofHours(1));
        });

        await().atMost(PATIENCE).until(() -> runs.get() == 1);
        never.countDown();
    }

    @Test
    void theHeartbeatsOfANodeThatIsGoneAreNotWaitedFor() throws Exception {
        Connections gone = connections();
        Connections there = connections();
        gone.read(handle -> handle.execute("select 1"));
        there.read(handle -> handle.execute("select 1"));
        gone.close();
        picked(7, gone.node());
        picked(8, there.node());
        Set<Long> ran = ConcurrentHashMap.newKeySet();

        start(1, cart -> {
            ran.add(cart);
            return Optional.empty();
        });

        await().atMost(PATIENCE).until(() -> ran.contains(7L));
        assertThat(rows("select picked_by from cartsteps where task_instance = '8'"))
                .containsExactly(Map.of("picked_by", there.node()));
        assertThat(ran).containsExactly(7L);
    }

    /** By a node whose last heartbeat is good for a minute. */
    @Override
    void picked(long cart, String by) {
        PostgresFixture.raw(config())
                .useHandle(handle -> handle.execute(
                        "insert into cartsteps (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)"
                                + " values ('cart', ?, 1000, true, ?, ?, 5)",
                        Long.toString(cart),
                        by,
                        Instant.now().plusSeconds(60).toEpochMilli()));
    }

    @Test
    void nodesShareTheWorkAndNeverACart() throws Exception {
        Set<Long> inside = ConcurrentHashMap.newKeySet();
        ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
        Set<Long> done = ConcurrentHashMap.newKeySet();
        Map<String, AtomicInteger> shares = new ConcurrentHashMap<>();
        for (String name : List.of("one", "two")) {
            shares.put(name, new AtomicInteger());
            start(2, cart -> {
                if (!inside.add(cart)) {
                    faults.add("two steps of " + cart);
                }
                await().pollDelay(Duration.ofMillis(10)).until(() -> true);
                inside.remove(cart);
                done.add(cart);
                Objects.requireNonNull(shares.get(name)).incrementAndGet();
                return Optional.empty();
            });
        }
        Scheduler only = closed(new StepScheduler(connections(), 1, HEARTBEAT, HEARTBEAT));

        for (long cart = 1; cart <= 200; cart++) {
            only.wake(cart);
        }

        await().atMost(PATIENCE).until(() -> done.size() == 200);
        assertThat(faults).isEmpty();
        assertThat(shares.values()).allMatch(share -> share.get() > 20);
    }

    @Override
    Connections connect() {
        return PostgresFixture.connections(config());
    }

    @Override
    List<Map<String, Object>> rows(String sql) {
        return PostgresFixture.rows(config(), sql);
    }

    private static DatabaseConfig config() {
        return Objects.requireNonNull(config);
    }
}
