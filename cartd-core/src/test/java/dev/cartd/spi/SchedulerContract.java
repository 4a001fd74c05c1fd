package dev.cartd.spi;

import dev.cartd.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What every {@link Scheduler} promises. */
public abstract class SchedulerContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Optional<Duration> DONE = Optional.empty();
    private static final Set<Thread.State> WAITING = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
    private static final Optional<Duration> MINUTE = Optional.of(Duration.ofMinutes(1));

    private final List<Scheduler> opened = new ArrayList<>();

    /** To be extended by the test of an implementation. */
    protected SchedulerContract() {}

    /** A scheduler that runs so many steps at once, and waits so long for them when it is closed. */
    protected abstract Scheduler open(int threads, Duration stopWait) throws Exception;

    /** The number of a cart that may be woken; each time another, each greater than the one before. */
    protected abstract long newCart() throws Exception;

    @AfterEach
    final void closeSchedulers() {
        opened.forEach(Scheduler::close);
    }

    @Test
    void aWokenCartsStepRuns() throws Exception {
        Steps steps = new Steps(cart -> DONE);
        Scheduler scheduler = started(2, steps);
        long cart = newCart();

        scheduler.wake(cart);

        steps.await(cart, 1);
    }

    @Test
    void aWakeBeforeTheStartIsKept() throws Exception {
        Steps steps = new Steps(cart -> DONE);
        Scheduler scheduler = scheduler(2);
        long cart = newCart();
        scheduler.wake(cart);

        scheduler.start(steps);

        steps.await(cart, 1);
    }

    @Test
    void whatIsPausedBeginsNothingUntilItIsResumed() throws Exception {
        AtomicBoolean resumed = new AtomicBoolean();
        AtomicInteger tooSoon = new AtomicInteger();
        Steps steps = new Steps(cart -> {
            if (!resumed.get()) {
                tooSoon.incrementAndGet();
            }
            return DONE;
        });
        Scheduler scheduler = scheduler(2);
        scheduler.pause();
        scheduler.start(steps);
        List<Long> carts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            carts.add(newCart());
            scheduler.wake(carts.get(i)); // The first could have been run many times before the last is woken.
        }

        resumed.set(true);
        scheduler.resume();
        long cart = carts.get(0);
        carts.forEach(each -> steps.await(each, 1));
        assertThat(tooSoon).hasValue(0);
        scheduler.pause();
        scheduler.wake(cart);
        scheduler.resume();
        steps.await(cart, 2);
    }

    @Test
    void aCartThatIsDoneIsNotRunAgainUntilItIsWoken() throws Exception {
        Steps steps = new Steps(cart -> DONE);
        Scheduler scheduler = started(1, steps);
        long cart = newCart();
        long other = newCart();
        scheduler.wake(cart);
        steps.await(cart, 1);

        scheduler.wake(other);
        steps.await(other, 1);
        assertThat(steps.runs(cart)).isEqualTo(1);

        scheduler.wake(cart);
        steps.await(cart, 2);
    }

    @Test
    void aStepThatWantsToRunsAgainLater() throws Exception {
        ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
        Steps steps = new Steps(cart -> {
            times.add(System.nanoTime());
            return times.size() == 1 ? Optional.of(Duration.ofMillis(300)) : DONE;
        });
        Scheduler scheduler = started(1, steps);
        long cart = newCart();
        scheduler.wake(cart);

        Waiting.await().atMost(PATIENCE).until(() -> times.size() >= 2);

        assertThat(Duration.ofNanos(last(times) - times.element())).isGreaterThanOrEqualTo(Duration.ofMillis(295));
    }

    @Test
    void aWakeBeforeItsTimeMakesItRunNow() throws Exception {
        Steps steps = new Steps(cart -> MINUTE);
        Scheduler scheduler = started(1, steps);
        long cart = newCart();
        scheduler.wake(cart);
        steps.await(cart, 1);

        scheduler.wake(cart);

        steps.await(cart, 2);
    }

    @Test
    void aWakeWhileItRunsMakesItRunAgain() throws Exception {
        for (Optional<Duration> answer : List.of(DONE, MINUTE, Optional.of(Duration.ofMillis(1)))) {
            Semaphore mayEnd = new Semaphore(0);
            Steps steps = new Steps(cart -> {
                mayEnd.acquireUninterruptibly();
                return answer;
            });
            Scheduler scheduler = started(2, steps);
            long cart = newCart();
            scheduler.wake(cart);
            steps.await(cart, 1);

            scheduler.wake(cart);
            scheduler.wake(cart);
            mayEnd.release();

            steps.await(cart, 2);
            mayEnd.release(1000);
            scheduler.close();
        }
    }

    @Test
    void oneStepAtATimeForOneCart() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Steps steps = new Steps(cart -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            LockSupport.parkNanos(100_000);
            inside.decrementAndGet();
            return Optional.of(Duration.ZERO);
        });
        Scheduler scheduler = started(8, steps);
        long cart = newCart();
        for (int i = 0; i < 50; i++) {
            scheduler.wake(cart);
        }

        steps.await(cart, 20);

        assertThat(most).hasValue(1);
    }

    @Test
    void manyCartsAtOnce() throws Exception {
        CountDownLatch allInside = new CountDownLatch(4);
        Steps steps = new Steps(cart -> {
            allInside.countDown();
            allInside.await(20, TimeUnit.SECONDS);
            return DONE;
        });
        Scheduler scheduler = started(4, steps);
        for (int i = 0; i < 4; i++) {
            scheduler.wake(newCart());
        }

        assertThat(allInside.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void zeroIsBehindAllThatWait() throws Exception {
        List<Long> order = new ArrayList<>();
        CountDownLatch ready = new CountDownLatch(1);
        Steps steps = new Steps(cart -> {
            ready.await();
            awaitNextMillisecond();
            synchronized (order) {
                order.add(cart);
                return order.stream().filter(ran -> ran.equals(cart)).count() < 3 ? Optional.of(Duration.ZERO) : DONE;
            }
        });
        Scheduler scheduler = started(1, steps);
        List<Long> carts = List.of(newCart(), newCart(), newCart());
        for (long cart : carts) {
            scheduler.wake(cart);
            awaitNextMillisecond();
        }

        ready.countDown();

        await().atMost(PATIENCE).untilAsserted(() -> {
            synchronized (order) {
                assertThat(order)
                        .containsExactlyElementsOf(Stream.of(carts, carts, carts)
                                .flatMap(List::stream)
                                .toList());
            }
        });
    }

    /** So that carts are due one after the other, whatever the resolution of the clock that orders them. */
    private static void awaitNextMillisecond() {
        long now = System.currentTimeMillis();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.currentTimeMillis() > now);
    }

    @Test
    void aStepThatThrowsIsRunAgain() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Steps steps = new Steps(cart -> switch (runs.getAndIncrement()) {
            case 0 -> throw new IllegalStateException("a failure of this test:\n first");
            case 1 -> throw new AssertionError("a failure of this test: second");
            default -> DONE;
        });
        Scheduler scheduler = started(1, steps);
        long cart = newCart();
        long started = System.nanoTime();
        scheduler.wake(cart);

        steps.await(cart, 3);

        // After one second, then after two.
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(2900));
    }

    @Test
    void aCartThatThrowsHoldsUpNoOther() throws Exception {
        long bad = newCart();
        Steps steps = new Steps(cart -> {
            if (cart == bad) {
                throw new IllegalStateException("a failure of this test");
            }
            return DONE;
        });
        Scheduler scheduler = started(1, steps);
        scheduler.wake(bad);
        steps.await(bad, 1);

        long good = newCart();
        scheduler.wake(good);

        steps.await(good, 1);
    }

    @Test
    void aThousandSleepingCartsCostNoThreads() throws Exception {
        Steps steps = new Steps(cart -> MINUTE);
        Scheduler scheduler = started(2, steps);
        List<Long> carts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            carts.add(newCart());
            scheduler.wake(carts.get(i));
        }
        await().atMost(PATIENCE).until(() -> steps.count.get() >= 1000);
        assertThat(steps.threads.size()).isLessThanOrEqualTo(2);

        scheduler.wake(carts.get(500));

        steps.await(carts.get(500), 2);
    }

    @Test
    void closeWaitsForTheStepThatRunsAndTakesUpNoOther() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean closes = new AtomicBoolean();
        Thread closer = Thread.currentThread();
        Steps steps = new Steps(cart -> {
            inside.countDown();
            await().until(() -> closes.get() && WAITING.contains(closer.getState()));
            ended.set(true);
            return Optional.of(Duration.ZERO);
        });
        Scheduler scheduler = started(1, steps);
        long first = newCart();
        long second = newCart();
        scheduler.wake(first);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        scheduler.wake(second);

        closes.set(true);
        scheduler.close();

        assertThat(ended).isTrue();
        int runs = steps.count.get();
        assertThat(runs).isEqualTo(1);
        scheduler.close();
        assertThat(steps.count).hasValue(runs);
    }

    @Test
    void closeIsBounded() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Steps steps = new Steps(cart -> {
            inside.countDown();
            boolean open = true;
            while (open) {
                try {
                    open = !never.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    assertThat(open).isTrue(); // a step that does not care
                }
            }
            return DONE;
        });
        Scheduler scheduler = open(1, Duration.ofMillis(200));
        scheduler.start(steps);
        scheduler.wake(newCart());
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        long before = System.nanoTime();

        scheduler.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        never.countDown();
    }

    @Test
    void aSchedulerThatWasNotStartedCanBeClosed() throws Exception {
        Scheduler scheduler = scheduler(1);
        scheduler.wake(newCart());
        scheduler.close();
    }

    /**
     * Wakes from many threads meet steps in every phase. What a wake announces is counted before it, and a step takes
     * all that was announced; at the end nothing that was announced may be left.
     */
    @Test
    void noWakeIsLost() throws Exception {
        List<Long> carts = List.of(newCart(), newCart(), newCart(), newCart());
        AtomicLongArray announced = new AtomicLongArray(carts.size());
        AtomicLong taken = new AtomicLong();
        Random random = new Random(20261122);
        Scheduler scheduler = started(3, new Steps(cart -> {
            taken.addAndGet(announced.getAndSet(carts.indexOf(cart), 0));
            boolean done;
            synchronized (random) {
                done = random.nextBoolean();
            }
            return done ? DONE : MINUTE;
        }));
        int wakers = 4;
        int wakes = 150;
        ExecutorService pool = Executors.newFixedThreadPool(wakers);
        for (int w = 0; w < wakers; w++) {
            Random own = new Random(w);
            pool.execute(() -> {
                for (int i = 0; i < wakes; i++) {
                    int index = own.nextInt(carts.size());
                    announced.incrementAndGet(index);
                    scheduler.wake(carts.get(index));
                }
            });
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        await().atMost(PATIENCE).until(() -> taken.get() == (long) wakers * wakes);
    }

    private Scheduler scheduler(int threads) throws Exception {
        Scheduler scheduler = open(threads, Duration.ofSeconds(5));
        opened.add(scheduler);
        return scheduler;
    }

    private Scheduler started(int threads, Steps steps) throws Exception {
        Scheduler scheduler = scheduler(threads);
        scheduler.start(steps);
        return scheduler;
    }

    private static long last(ConcurrentLinkedQueue<Long> times) {
        return times.stream().reduce((a, b) -> b).orElseThrow();
    }

    /** Counts the steps of each cart and the threads that ran them. */
    private static final class Steps implements Scheduler.Step {
        interface Body {
            Optional<Duration> run(long cart) throws Exception;
        }

        private final Body body;
        private final Map<Long, AtomicInteger> runs = new ConcurrentHashMap<>();
        final AtomicInteger count = new AtomicInteger();
        final Map<String, Boolean> threads = new ConcurrentHashMap<>();

        Steps(Body body) {
            this.body = body;
        }

        @Override
        public Optional<Duration> advance(long cartId) {
            runs.computeIfAbsent(cartId, id -> new AtomicInteger()).incrementAndGet();
            count.incrementAndGet();
            threads.put(Thread.currentThread().getName(), true);
            try {
                return body.run(cartId);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        int runs(long cart) {
            return runs.getOrDefault(cart, new AtomicInteger()).get();
        }

        void await(long cart, int atLeast) {
            Waiting.await().atMost(PATIENCE).until(() -> runs(cart) >= atLeast);
        }
    }
}
