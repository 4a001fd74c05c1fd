package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.spi.SchedulerContract;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Several schedulers with connections of their own are to the database what several nodes are. */
class PostgresStepSchedulerTest extends SchedulerContract {
    private static final Duration HEARTBEAT = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static @Nullable DatabaseConfig config;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private long lastCart;

    @BeforeAll
    static void create() {
        config = PostgresFixture.synced();
    }

    @BeforeEach
    void clear() {
        PostgresFixture.clear(config());
    }

    @Override
    protected Scheduler open(int threads, Duration stopWait) {
        return closed(new StepScheduler(connections(), new EngineConfig(threads, HEARTBEAT), stopWait));
    }

    @Override
    protected long newCart() {
        return ++lastCart;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void unfinishedCartsAreSweptUp() {
        CartStore store = new SqlCartStore(connections(), InstantSource.system());
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
    void aDeadNodesStepIsRevived() {
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
        await().atMost(PATIENCE)
                .until(() -> PostgresFixture.rows(config(), "select * from cartsteps")
                        .isEmpty());
    }

    @Test
    void theCartsOfANodeThatLostTheDatabaseGoOnElsewhere() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Connections lost = connections();
        Scheduler node = closed(new StepScheduler(lost, new EngineConfig(1, HEARTBEAT), Duration.ofMillis(100)));
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
    void theHeartbeatsOfANodeThatIsGoneAreNotWaitedFor() {
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
        assertThat(PostgresFixture.rows(config(), "select picked_by from cartsteps where task_instance = '8'"))
                .containsExactly(Map.of("picked_by", there.node()));
        assertThat(ran).containsExactly(7L);
    }

    /** By a node whose last heartbeat is good for a minute. */
    private static void picked(long cart, String by) {
        PostgresFixture.raw(config())
                .useHandle(handle -> handle.execute(
                        "insert into cartsteps (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)"
                                + " values ('cart', ?, 1000, true, ?, ?, 5)",
                        Long.toString(cart),
                        by,
                        Instant.now().plusSeconds(60).toEpochMilli()));
    }

    @Test
    void nodesShareTheWorkAndNeverACart() {
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
        Scheduler only = closed(new StepScheduler(connections(), new EngineConfig(1, HEARTBEAT), HEARTBEAT));

        for (long cart = 1; cart <= 200; cart++) {
            only.wake(cart);
        }

        await().atMost(PATIENCE).until(() -> done.size() == 200);
        assertThat(faults).isEmpty();
        assertThat(shares.values()).allMatch(share -> share.get() > 20);
    }

    @Test
    void aClockThatJumpsForwardDeclaresNobodyDeadWhoLives() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        start(1, cart -> {
                    inside.countDown();
                    awaitUninterruptibly(mayEnd);
                    return Optional.empty();
                })
                .wake(1);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        Scheduler jumps = ahead(ahead);
        Set<Long> taken = ConcurrentHashMap.newKeySet();
        jumps.start(cart -> {
            taken.add(cart);
            return Optional.empty();
        });

        ahead.set(Duration.ofHours(2));
        picked(77, "a process that was killed");

        await().atMost(PATIENCE).until(() -> taken.contains(77L));
        await().during(HEARTBEAT.multipliedBy(10)).atMost(PATIENCE).until(() -> !taken.contains(1L));
        mayEnd.countDown();
    }

    @Test
    void aClockThatGoesBackStopsNeitherStepsNorHeartbeats() throws Exception {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Scheduler scheduler = ahead(ahead);
        scheduler.start(cart -> {
            if (cart == 1) {
                inside.countDown();
                awaitUninterruptibly(mayEnd);
                return Optional.empty();
            }
            return runs.incrementAndGet() == 1 ? Optional.of(Duration.ofMillis(300)) : Optional.empty();
        });
        scheduler.wake(1);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();

        ahead.set(Duration.ofHours(-2));
        scheduler.wake(2);

        await().atMost(PATIENCE).until(() -> runs.get() == 2);
        Set<Object> heartbeats = ConcurrentHashMap.newKeySet();
        await().atMost(PATIENCE).until(() -> {
            PostgresFixture.rows(config(), "select last_heartbeat as at from cartsteps where task_instance = '1'")
                    .forEach(row -> heartbeats.add(Objects.requireNonNull(row.get("at"))));
            return heartbeats.size() > 3;
        });
        mayEnd.countDown();
    }

    /** With two threads, and a clock that is so far ahead. */
    private Scheduler ahead(AtomicReference<Duration> by) throws Exception {
        return closed(new StepScheduler(
                connections(),
                new EngineConfig(2, HEARTBEAT),
                Duration.ofSeconds(1),
                () -> Instant.now().plus(Objects.requireNonNull(by.get()))));
    }

    private Scheduler start(int threads, Scheduler.Step step) {
        Scheduler scheduler = open(threads, Duration.ofSeconds(5));
        scheduler.start(step);
        return scheduler;
    }

    private Connections connections() {
        return closed(PostgresFixture.connections(config()));
    }

    private static DatabaseConfig config() {
        return Objects.requireNonNull(config);
    }

    private <T extends AutoCloseable> T closed(T resource) {
        opened.push(resource);
        return resource;
    }

    private static Cart add(CartStore store, String uid) {
        return store.add(new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", ""))), 0);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean open = true;
        while (open) {
            try {
                open = !latch.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                assertThat(open).isTrue(); // a step that does not care
            }
        }
    }
}
