package dev.cartd.limit;

import dev.cartd.limit.RequestLimit.Verdict;
import dev.cartd.local.OneNode;
import dev.cartd.spi.RequestShares;
import dev.cartd.system.Timeline;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

class RequestLimitTest {
    private final RequestLimit limit = new RequestLimit(4, new OneNode(), Timeline.ofMachine(InstantSource.system()));
    private final RequestLimit.Lane lane = limit.open();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();

    @AfterEach
    void close() {
        limit.close();
    }

    @Test
    void beginsWithOneAndGrowsToTheMost() {
        assertThat(limit.current()).isEqualTo(1);
        send(50, Verdict.RIGHT);
        assertThat(limit.current()).isEqualTo(4);
        assertThat(most.get()).isLessThanOrEqualTo(4);
    }

    @Test
    void shrinksToOneWhenAnswersComeBackWrongAndStaysThereForLong() {
        send(50, Verdict.RIGHT);
        send(30, Verdict.WRONG);
        assertThat(limit.current()).isEqualTo(1);
        send(20, Verdict.RIGHT);
        assertThat(limit.current()).isEqualTo(1);
        send(200, Verdict.RIGHT);
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void learnsNothingFromRefusals() {
        send(50, Verdict.RIGHT);
        send(50, Verdict.NEUTRAL);
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void neverSendsMoreAtOnceThanItMay() throws Exception {
        Semaphore gate = new Semaphore(0);
        for (int i = 0; i < 100; i++) {
            lane.add(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                gate.acquireUninterruptibly();
                running.decrementAndGet();
                sent.incrementAndGet();
                return Verdict.RIGHT;
            });
        }
        await().until(() -> running.get() == 1);
        gate.release(10);
        await().until(() -> running.get() == 4);
        gate.release(200);
        await().until(() -> sent.get() == 100);
        assertThat(most.get()).isEqualTo(4);
    }

    @Test
    void sharesTurnsAmongLanes() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RequestLimit one = new RequestLimit(1, new OneNode(), Timeline.ofMachine(InstantSource.system()));
        try (RequestLimit.Lane giant = one.open();
                RequestLimit.Lane small = one.open()) {
            giant.add(() -> {
                begun.countDown();
                awaitQuietly(go);
                return Verdict.RIGHT;
            });
            begun.await();
            for (int i = 0; i < 10; i++) {
                giant.add(() -> note(order, "giant"));
            }
            small.add(() -> note(order, "small"));
            assertThat(giant.shouldYield()).isTrue();
            go.countDown();
            await().until(() -> order.size() == 11);
        } finally {
            one.close();
        }
        assertThat(order.indexOf("small")).isEqualTo(0);
    }

    @Test
    void givesBackWhatWasNotSent() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        lane.add(() -> {
            begun.countDown();
            awaitQuietly(go);
            return Verdict.NEUTRAL;
        });
        begun.await();
        lane.add(() -> Verdict.NEUTRAL);
        lane.add(() -> Verdict.NEUTRAL);
        lane.again(() -> Verdict.NEUTRAL);
        assertThat(lane.takeBack()).isEqualTo(2);
        assertThat(lane.clear()).isEqualTo(1);
        go.countDown();
    }

    @Test
    void whatIsSentAloneHasNoOtherBesideIt() {
        Semaphore gate = new Semaphore(0);
        List<Boolean> alone = Collections.synchronizedList(new ArrayList<>());
        send(10, Verdict.RIGHT);
        hold(4, gate);
        await().until(() -> running.get() == 4);
        AtomicInteger beside = new AtomicInteger(-1);
        lane.add(new AloneRequest(
                () -> {
                    beside.set(running.get());
                    return Verdict.RIGHT;
                },
                alone::add));
        hold(4, gate);
        await().until(lane::shouldYield);
        assertThat(running).hasValue(4);
        gate.release(8);

        await().until(() -> sent.get() == 18 && alone.size() == 1);
        assertThat(beside).hasValue(0);
        assertThat(alone).containsExactly(true);
    }

    @Test
    void tellsWhetherARequestHadCompany() {
        Semaphore gate = new Semaphore(0);
        List<Boolean> alone = Collections.synchronizedList(new ArrayList<>());
        send(10, Verdict.RIGHT);
        tell(alone, gate);
        await().until(() -> running.get() == 1);
        gate.release();
        await().until(() -> alone.size() == 1);

        tell(alone, gate);
        tell(alone, gate);
        await().until(() -> running.get() == 2);
        gate.release(2);
        await().until(() -> alone.size() == 3);
        assertThat(alone).containsExactly(true, false, false);
    }

    @Test
    void requestsThatAreSentAloneAndOthersTakeTurns() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger rounds = new AtomicInteger();
        lane.add(new RequestLimit.Request() {
            @Override
            public boolean isAlone() {
                return true;
            }

            @Override
            public Verdict send() {
                if (order.isEmpty()) {
                    await().until(lane::shouldYield);
                }
                order.add("alone");
                return Verdict.NEUTRAL;
            }

            @Override
            public void sent(boolean wasAlone) {
                if (rounds.incrementAndGet() == 1) {
                    lane.again(this);
                }
            }
        });
        for (int i = 0; i < 3; i++) {
            lane.add(() -> note(order, "other"));
        }
        await().until(() -> order.size() == 5);
        assertThat(order).containsExactly("alone", "other", "other", "other", "alone");
    }

    @Test
    void whatIsWrongAloneAsWellSaysNothingAboutTheLimit() {
        send(50, Verdict.RIGHT);
        send(1, Verdict.WRONG);
        await().until(() -> limit.current() == 2);
        sendAlone(Verdict.WRONG);
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void whatIsRightAloneConfirmsThatItWasTooMuch() {
        send(50, Verdict.RIGHT);
        send(1, Verdict.WRONG);
        sendAlone(Verdict.RIGHT);
        sendAlone(Verdict.WRONG);
        assertThat(limit.current()).isEqualTo(2);
    }

    @Test
    void onlyContentLetsItGrowAgain() {
        send(50, Verdict.ANSWERED);
        await().until(() -> limit.current() == 4);
        send(1, Verdict.WRONG);
        await().until(() -> limit.current() == 2);
        send(200, Verdict.ANSWERED);
        assertThat(limit.current()).isEqualTo(2);
        send(50, Verdict.RIGHT);
        await().until(() -> limit.current() == 4);
    }

    @Test
    void whereOnlyOneGoesItIsTriedMoreAndMoreSeldom() {
        Learned learned = new Learned(8);
        int last = 0;
        for (int times = 0; times < 12; times++) {
            int right = 0;
            while (learned.limit() == 1) {
                learned.inCompany(Verdict.RIGHT, 1, 1, RequestShares.ALL);
                right++;
            }
            assertThat(right).isGreaterThanOrEqualTo(Math.min(1024, 2 * last));
            last = right;
            learned.inCompany(Verdict.WRONG, times + 2, times + 2, RequestShares.ALL);
            learned.alone(Verdict.RIGHT);
        }
        assertThat(last).isEqualTo(1024);
    }

    private void hold(int count, Semaphore gate) {
        for (int i = 0; i < count; i++) {
            lane.add(() -> hold(gate));
        }
    }

    private Verdict hold(Semaphore gate) {
        running.incrementAndGet();
        gate.acquireUninterruptibly();
        running.decrementAndGet();
        sent.incrementAndGet();
        return Verdict.RIGHT;
    }

    private void tell(List<Boolean> alone, Semaphore gate) {
        lane.add(new RequestLimit.Request() {
            @Override
            public Verdict send() {
                return hold(gate);
            }

            @Override
            public void sent(boolean wasAlone) {
                alone.add(wasAlone);
            }
        });
    }

    private void sendAlone(Verdict verdict) {
        int target = sent.get() + 1;
        lane.add(new AloneRequest(() -> verdict, alone -> sent.incrementAndGet()));
        await().until(() -> sent.get() == target && lane.clear() == 0);
    }

    private Verdict note(List<String> order, String name) {
        order.add(name);
        return Verdict.RIGHT;
    }

    private void send(int count, Verdict verdict) {
        int target = sent.get() + count;
        for (int i = 0; i < count; i++) {
            lane.add(new RequestLimit.Request() {
                @Override
                public Verdict send() {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    running.decrementAndGet();
                    return verdict;
                }

                @Override
                public void sent(boolean alone) {
                    sent.incrementAndGet(); // Under the lock: who gets the lock next finds that it has ended.
                }
            });
        }
        await().until(() -> sent.get() == target && lane.clear() == 0);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
