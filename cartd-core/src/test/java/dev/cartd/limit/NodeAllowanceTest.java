package dev.cartd.limit;

import dev.cartd.cart.CartException;
import dev.cartd.limit.RequestLimit.Verdict;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.RequestShares.Need;
import dev.cartd.spi.RequestShares.Share;
import dev.cartd.system.SteppedTimeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a limit does with its share of the requests of all nodes. */
class NodeAllowanceTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int ALL = RequestShares.ALL;

    private final SteppedTimeline time = new SteppedTimeline();
    private final Dealt dealt = new Dealt();
    private final RequestLimit limit = new RequestLimit(4, dealt, time);
    private final RequestLimit.Lane lane = limit.open();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();

    /** Shares as the test deals them out. */
    private static final class Dealt implements RequestShares {
        private final List<Need> needs = new ArrayList<>();
        private Share share = new Share(0, ALL, LONG);
        private boolean away;

        @Override
        public synchronized Share ask(Need need) {
            needs.add(need);
            if (away) {
                throw new CartException.Unavailable("the database is away", new IOException());
            }
            return need.wanted() == 0 ? Share.NONE : share;
        }

        synchronized void deal(Share next) {
            share = next;
        }

        synchronized void setAway(boolean isAway) {
            away = isAway;
        }

        synchronized int asked() {
            return needs.size();
        }

        synchronized Need last() {
            return needs.get(needs.size() - 1);
        }
    }

    @AfterEach
    void close() {
        limit.close();
        time.open(1000);
    }

    @Test
    void sendsNothingBeforeItMayAndNoMoreThanItMay() {
        add(10);
        time.step(SOON);
        assertThat(dealt.last()).isEqualTo(new Need(0, 10, 0));
        assertThat(running).hasValue(0);

        dealt.deal(new Share(2, 4, LONG));
        time.step(SOON);
        assertThat(running).hasValue(2);
        time.step(LONG);
        assertThat(running).hasValue(2);
        assertThat(limit.current()).isEqualTo(4);
        assertThat(dealt.last()).isEqualTo(new Need(4, 10, 2));

        time.open(10);
        assertThat(sent).hasValue(10);
    }

    @Test
    void asksNoMoreWhenItHasNothingToSend() {
        dealt.deal(new Share(ALL, ALL, LONG));
        time.open(3);
        add(3);
        assertThat(sent).hasValue(3);
        time.step(SOON);
        assertThat(dealt.last()).isEqualTo(new Need(limit.current(), 0, 0));
        int asked = dealt.asked();

        time.step(LONG);
        assertThat(dealt.asked()).isEqualTo(asked);

        time.open(1);
        add(1);
        assertThat(sent).hasValue(4);
    }

    @Test
    void goesOnWithoutAnAnswerUntilItsLeaseIsOver() {
        dealt.deal(new Share(1, ALL, Duration.ofSeconds(2)));
        add(5);
        assertThat(running).hasValue(1);
        dealt.setAway(true);
        time.open(1);
        assertThat(sent).hasValue(1);
        assertThat(running).hasValue(1);
        time.step(Duration.ofMillis(1999));
        assertThat(lane.shouldYield()).isFalse();

        time.step(Duration.ofMillis(1));
        assertThat(lane.shouldYield()).isTrue();
        time.open(1);
        assertThat(sent).hasValue(2);
        time.step(LONG);
        assertThat(running).hasValue(0);

        dealt.setAway(false);
        time.open(3);
        time.step(SOON);
        assertThat(sent).hasValue(5);
    }

    @Test
    void aLeaseEndsWhileTheMachineIsSuspended() {
        dealt.deal(new Share(1, ALL, LONG));
        add(2);
        assertThat(running).hasValue(1);
        dealt.setAway(true);
        time.step(SOON);
        assertThat(lane.shouldYield()).isFalse();

        time.sleep(LONG);

        assertThat(lane.shouldYield()).isTrue();
    }

    @Test
    void makesRoomForOtherNodesAndTellsThemWhenItIsThere() {
        dealt.deal(new Share(1, 1, LONG));
        add(2);
        assertThat(running).hasValue(1);
        assertThat(lane.shouldYield()).isFalse();

        dealt.deal(new Share(0, 1, Duration.ofDays(1)));
        time.step(SOON);
        assertThat(lane.shouldYield()).isTrue();
        assertThat(dealt.last()).isEqualTo(new Need(1, 2, 1));

        time.open(1);
        assertThat(dealt.last()).isEqualTo(new Need(2, 1, 0));
        time.step(LONG);
        assertThat(running).hasValue(0);
    }

    @Test
    void tellsWhatItMaySendUntilItIsAnswered() {
        dealt.deal(new Share(3, 4, LONG));
        add(1);
        time.step(SOON);
        assertThat(dealt.last()).isEqualTo(new Need(4, 1, 3));
    }

    @Test
    void doesNotRunAheadOfWhatOtherNodesLearned() {
        time.open(100);
        dealt.deal(new Share(4, 2, LONG));
        add(50);
        assertThat(sent).hasValue(50);
        assertThat(limit.current()).isEqualTo(3);

        dealt.deal(new Share(4, 3, LONG));
        for (int i = 0; i < 20 && limit.current() == 3; i++) {
            add(1);
            time.step(SOON);
        }
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void keepsWhatItLearnedWhenOthersCome() {
        time.open(10);
        dealt.deal(new Share(ALL, ALL, LONG));
        add(10);
        assertThat(sent).hasValue(10);
        assertThat(limit.current()).isEqualTo(4);

        dealt.deal(new Share(1, 1, LONG));
        add(3);
        time.step(SOON);
        assertThat(dealt.last()).isEqualTo(new Need(4, 3, 3));
        assertThat(lane.shouldYield()).isTrue();
        assertThat(limit.current()).isEqualTo(4);
    }

    @Test
    void givesAllBackWhenItIsClosed() {
        dealt.deal(new Share(2, 2, LONG));
        add(5);
        assertThat(running).hasValue(2);
        limit.close();
        time.settle();
        assertThat(dealt.last()).isEqualTo(new Need(2, 2, 2));

        time.open(2);
        assertThat(dealt.last()).isEqualTo(new Need(3, 0, 0));
        assertThat(sent).hasValue(2);
    }

    @Test
    void whatFailedIsFollowedByAPauseBeforeOneThatIsAlone() {
        dealt.deal(new Share(ALL, ALL, LONG));
        lane.add(() -> Verdict.NEUTRAL);
        time.settle();
        lane.add(new AloneRequest(this::answer, alone -> {}));
        time.step(Duration.ofMillis(99));
        assertThat(running).hasValue(0);
        time.step(Duration.ofMillis(1));
        assertThat(running).hasValue(1);
    }

    @Test
    void everyOneOfManyLanesIsServedInTurn() {
        dealt.deal(new Share(ALL, ALL, LONG));
        List<Integer> order = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        lane.add(() -> {
            time.pass();
            return Verdict.NEUTRAL;
        });
        List<RequestLimit.Lane> lanes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lanes.add(limit.open());
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100; i++) {
                int number = i;
                lanes.get(i).add(() -> {
                    order.add(number);
                    return Verdict.NEUTRAL;
                });
                expected.add(number);
            }
        }
        time.open(1);
        time.step(LONG);
        assertThat(order).isEqualTo(expected);
    }

    private Verdict answer() {
        running.incrementAndGet();
        time.pass();
        running.decrementAndGet();
        sent.incrementAndGet();
        return Verdict.RIGHT;
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            lane.add(this::answer);
        }
        time.settle();
    }
}
