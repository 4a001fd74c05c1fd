package dev.cartd.store.engine;

import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.PostgresFixture;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Nodes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Several schedulers with connections of their own are to the database what several nodes are. */
class PostgresStepSchedulerTest extends StepSchedulerContract {
    @BeforeEach
    void clear() {
        PostgresFixture.cleared();
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
    void theCartsOfANodeThatLostTheDatabaseGoOnElsewhere() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Connections lost = connections();
        Scheduler node = closed(scheduler(lost, 1, Duration.ofMillis(100), InstantSource.system()));
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

    @Test
    void nodesShareTheWorkAndNeverACart() throws Exception {
        Overlapping step = new Overlapping(200);
        Map<String, AtomicInteger> shares = new ConcurrentHashMap<>();
        for (String name : List.of("one", "two")) {
            shares.put(name, new AtomicInteger());
            start(2, cart -> {
                Objects.requireNonNull(shares.get(name)).incrementAndGet();
                return step.advance(cart);
            });
        }
        Scheduler only = closed(scheduler(connections(), 1, HEARTBEAT, InstantSource.system()));

        for (long cart = 1; cart <= 200; cart++) {
            only.wake(cart);
        }

        step.awaitAllDoneOnce();
        assertThat(shares.values()).allMatch(share -> share.get() > 20);
    }

    @Test
    void aNodeThatHasEnoughToDoLeavesCartsToOthers() throws Exception {
        int enough = StepScheduler.ENOUGH;
        Duration ever = Duration.ofHours(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Map<String, Set<Long>> ran = Map.of("one", ConcurrentHashMap.newKeySet(), "two", ConcurrentHashMap.newKeySet());
        List<StepScheduler> nodes = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            Connections own = connections();
            StepScheduler node = closed(new StepScheduler(
                    own, new Nodes(own), 3 * enough, HEARTBEAT, ever, Duration.ofSeconds(5), InstantSource.system()));
            node.start(cart -> {
                Objects.requireNonNull(ran.get(name)).add(cart);
                awaitUninterruptibly(mayEnd);
                return Optional.empty();
            });
            nodes.add(node);
        }
        await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(StepScheduler::isAlone));

        for (int cart = 1; cart <= 2 * enough; cart++) {
            nodes.get(0).wake(cart);
        }

        await().atMost(PATIENCE)
                .until(() -> ran.values().stream().mapToInt(Set::size).sum() == 2 * enough);
        assertThat(ran.values()).allMatch(carts -> carts.size() == enough);
        mayEnd.countDown();
    }

    @Override
    Connections connect() {
        return PostgresFixture.connections(PostgresFixture.shared());
    }

    @Override
    Jdbi raw() {
        return PostgresFixture.raw(PostgresFixture.shared());
    }
}
