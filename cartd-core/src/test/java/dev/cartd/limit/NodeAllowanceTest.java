package dev.cartd.limit;

import dev.cartd.cart.CartException;
import dev.cartd.limit.RequestLimit.Verdict;
import dev.cartd.spi.RequestShares;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What a limit does with its share of the requests of all nodes. */
class NodeAllowanceTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final int ALL = RequestShares.ALL;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Dealt dealt = new Dealt();
    private final RequestLimit limit = new RequestLimit(4, dealt, now::get);
    private final RequestLimit.Lane lane = limit.open();
    private final Semaphore gate = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();

    /** Shares as the test deals them out. */
    private static final class Dealt implements RequestShares {
        private final List<Need> needs = new CopyOnWriteArrayList<>();
        private volatile Share share = new Share(0, ALL, LONG);
        private volatile boolean away;

        @Override
        public Share ask(Need need) {
            needs.add(need);
            if (away) {
                throw new CartException.Unavailable("the database is away", new IOException());
            }
            return need.wanted() == 0 ? Share.NONE : share;
        }

        /** Waits until it was asked this last. */
        void awaitLast(Need need) {
            await().until(() -> !needs.isEmpty() && needs.get(needs.size() - 1).equals(need));
        }
    }

    @AfterEach
    void close() {
        gate.release(1000);
        limit.close();
    }

    @Test
    void sendsNothingBeforeItMayAndNoMoreThanItMay() {
        add(10);
        dealt.awaitLast(new RequestShares.Need(0, 10, 0));
        assertThat(running).hasValue(0);

        dealt.share = new RequestShares.Share(2, 4, LONG);
        await().until(() -> running.get() == 2);
        await().during(MOMENT).until(() -> running.get() == 2);
        assertThat(limit.current()).isEqualTo(4);
        dealt.awaitLast(new RequestShares.Need(4, 10, 2));

        gate.release(10);
        await().until(() -> sent.get() == 10);
    }

    @Test
    void asksNoMoreWhenItHasNothingToSend() {
        dealt.share = new RequestShares.Share(ALL, ALL, LONG);
        gate.release(3);
        add(3);
        await().until(() -> sent.get() == 3);
        dealt.awaitLast(new RequestShares.Need(limit.current(), 0, 0));
        int asked = dealt.needs.size();

        await().during(Duration.ofSeconds(1)).until(() -> dealt.needs.size() == asked);

        gate.release();
        add(1);
        await().until(() -> sent.get() == 4);
    }

    @Test
    void goesOnWithoutAnAnswerUntilItsLeaseIsOver() {
        dealt.share = new RequestShares.Share(1, ALL, Duration.ofSeconds(2));
        add(5);
        await().until(() -> running.get() == 1);
        dealt.away = true;
        gate.release();
        await().until(() -> sent.get() == 1 && running.get() == 1);

        await().until(lane::othersStarve);
        gate.release();
        await().until(() -> sent.get() == 2);
        await().during(MOMENT).until(() -> running.get() == 0);

        dealt.away = false;
        gate.release(3);
        await().until(() -> sent.get() == 5);
    }

    @Test
    void aLeaseEndsWhileTheMachineIsSuspended() {
        dealt.share = new RequestShares.Share(1, ALL, LONG);
        add(2);
        await().until(() -> running.get() == 1);
        dealt.away = true;
        dealt.needs.clear();
        await().until(() -> !dealt.needs.isEmpty());
        assertThat(lane.othersStarve()).isFalse();

        now.updateAndGet(time -> time.plus(LONG));

        assertThat(lane.othersStarve()).isTrue();
    }

    @Test
    void makesRoomForOtherNodesAndTellsThemWhenItIsThere() {
        dealt.share = new RequestShares.Share(1, 1, LONG);
        add(2);
        await().until(() -> running.get() == 1);
        assertThat(lane.othersStarve()).isFalse();

        dealt.share = new RequestShares.Share(0, 1, Duration.ofDays(1));
        await().until(lane::othersStarve);
        dealt.awaitLast(new RequestShares.Need(1, 2, 1));
        gate.release();

        dealt.awaitLast(new RequestShares.Need(2, 1, 0));
        await().during(MOMENT).until(() -> running.get() == 0);
    }

    @Test
    void tellsWhatItMaySendUntilItIsAnswered() {
        dealt.share = new RequestShares.Share(3, 4, LONG);
        add(1);
        dealt.awaitLast(new RequestShares.Need(4, 1, 3));
    }

    @Test
    void doesNotRunAheadOfWhatOtherNodesLearned() {
        gate.release(100);
        dealt.share = new RequestShares.Share(4, 2, LONG);
        add(50);
        await().until(() -> sent.get() == 50);
        assertThat(limit.current()).isEqualTo(3);

        dealt.share = new RequestShares.Share(4, 3, LONG);
        await().until(() -> {
            add(1);
            return limit.current() == 4;
        });
    }

    @Test
    void keepsWhatItLearnedWhenOthersCome() {
        gate.release(10);
        dealt.share = new RequestShares.Share(ALL, ALL, LONG);
        add(10);
        await().until(() -> sent.get() == 10 && limit.current() == 4);

        dealt.share = new RequestShares.Share(1, 1, LONG);
        add(3);
        dealt.awaitLast(new RequestShares.Need(4, 3, 3));
        await().until(lane::othersStarve);
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void givesAllBackWhenItIsClosed() {
        dealt.share = new RequestShares.Share(2, 2, LONG);
        add(5);
        await().until(() -> running.get() == 2);
        limit.close();
        dealt.awaitLast(new RequestShares.Need(2, 2, 2));

        gate.release(2);
        dealt.awaitLast(new RequestShares.Need(3, 0, 0));
        assertThat(sent).hasValue(2);
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            lane.add(() -> {
                running.incrementAndGet();
                gate.acquireUninterruptibly();
                running.decrementAndGet();
                sent.incrementAndGet();
                return Verdict.RIGHT;
            });
        }
    }
}
