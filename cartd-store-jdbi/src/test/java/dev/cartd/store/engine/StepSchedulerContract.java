package dev.cartd.store.engine;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.spi.SchedulerContract;
import dev.cartd.store.carts.SqlCartStore;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.space.SqlSpaceStore;
import dev.cartd.store.space.SqlVolumeStore;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Nodes;
import dev.cartd.store.twins.SqlTwinStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What {@link StepScheduler} promises on every kind of database. */
abstract class StepSchedulerContract extends SchedulerContract {
    static final Duration HEARTBEAT = Duration.ofMillis(400);
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private long lastCart;

    /** New connections to the database of the test. */
    abstract Connections connect() throws Exception;

    /** The database of the test as another program sees it. */
    abstract Jdbi raw() throws Exception;

    /** What a query answers. */
    final List<Map<String, Object>> rows(String sql) throws Exception {
        return raw().withHandle(handle -> handle.createQuery(sql).mapToMap().list());
    }

    /** Has a process of this name work on a cart, as its row says, with a heartbeat a minute from now. */
    final void picked(long cart, String by) throws Exception {
        picked(cart, by, Instant.now().plusSeconds(60));
    }

    private void picked(long cart, String by, Instant heartbeat) throws Exception {
        raw().useHandle(handle -> handle.execute(
                "insert into cartsteps"
                        + " (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)"
                        + " values ('cart', ?, 1000, ?, ?, ?, 5)",
                Long.toString(cart),
                true,
                by,
                heartbeat.toEpochMilli()));
    }

    @Override
    protected final Scheduler open(int threads, Duration stopWait) throws Exception {
        return closed(scheduler(connections(), threads, stopWait, InstantSource.system()));
    }

    @Override
    protected final long newCart() {
        return ++lastCart;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void aStepOfWhoDiedIsRevived() throws Exception {
        picked(77, "a process that was killed", Instant.now().minusSeconds(60));
        Set<Long> ran = ConcurrentHashMap.newKeySet();

        start(1, cart -> {
            ran.add(cart);
            return Optional.empty();
        });

        await().atMost(PATIENCE).until(() -> ran.contains(77L));
        await().atMost(PATIENCE).until(() -> rows("select * from cartsteps").isEmpty());
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
        // It looks for the dead again and again.
        for (long cart = 77; cart < 80; cart++) {
            long dead = cart;
            picked(dead, "a process that was killed");
            await().atMost(PATIENCE).until(() -> taken.contains(dead));
        }
        assertThat(taken).doesNotContain(1L);
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
        // By another process: a wake of its own would have it look at once.
        ahead(ahead).wake(2);

        await().atMost(PATIENCE).until(() -> runs.get() == 2);
        awaitHeartbeats(1, 4);
        mayEnd.countDown();
    }

    /** Waits until the step of a cart has had so many heartbeats. */
    final void awaitHeartbeats(long cart, int count) {
        Set<Object> heartbeats = ConcurrentHashMap.newKeySet();
        await().atMost(PATIENCE).until(() -> {
            rows("select last_heartbeat as at from cartsteps where task_instance = '" + cart + "'")
                    .forEach(row -> heartbeats.add(Objects.requireNonNull(row.get("at"))));
            return heartbeats.size() >= count;
        });
    }

    /** A step that lasts until another one has begun, or there are none: so as many run at once as may. */
    static final class Overlapping implements Scheduler.Step {
        private final int all;
        private final AtomicInteger begun = new AtomicInteger();
        private final Set<Long> inside = ConcurrentHashMap.newKeySet();
        private final Set<Long> done = ConcurrentHashMap.newKeySet();
        private final Queue<String> faults = new ConcurrentLinkedQueue<>();

        Overlapping(int all) {
            this.all = all;
        }

        @Override
        public Optional<Duration> advance(long cart) {
            if (!inside.add(cart)) {
                faults.add("two steps of " + cart);
            }
            int mine = begun.incrementAndGet();
            await().atMost(PATIENCE).until(() -> begun.get() > mine || mine >= all);
            inside.remove(cart);
            done.add(cart);
            return Optional.empty();
        }

        void awaitAllDoneOnce() {
            await().atMost(PATIENCE).until(() -> done.size() == all);
            assertThat(faults).isEmpty();
        }
    }

    /** With two threads, and a clock that is so far ahead. */
    private Scheduler ahead(AtomicReference<Duration> by) throws Exception {
        return closed(scheduler(
                connections(), 2, Duration.ofSeconds(1), () -> Instant.now().plus(Objects.requireNonNull(by.get()))));
    }

    /** A scheduler of a process of its own. */
    static Scheduler scheduler(Connections connections, int threads, Duration stopWait, InstantSource wall) {
        return new StepScheduler(
                connections, new Nodes(connections), threads, HEARTBEAT, StepScheduler.LEFT, stopWait, wall);
    }

    final Scheduler start(int threads, Scheduler.Step step) throws Exception {
        Scheduler scheduler = open(threads, Duration.ofSeconds(5));
        scheduler.start(step);
        return scheduler;
    }

    final Connections connections() throws Exception {
        return closed(connect());
    }

    final <T extends AutoCloseable> T closed(T resource) {
        opened.push(resource);
        return resource;
    }

    static CartStore store(Connections connections) {
        InstantSource clock = InstantSource.system();
        RecordNotices notices = new RecordNotices(Set.of());
        return new SqlCartStore(
                connections,
                clock,
                new SqlTwinStore(connections, clock),
                new SqlSpaceStore(connections, clock, notices),
                new SqlVolumeStore(connections, clock),
                notices);
    }

    static Cart add(CartStore store, String uid) {
        return store.add(new CartRequest(uid, false, List.of(CartRequest.Item.of("id", "path", "md5", ""))), 0);
    }

    static void awaitUninterruptibly(CountDownLatch latch) {
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
