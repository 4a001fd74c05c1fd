package dev.cartd.spi;

import dev.cartd.spi.RequestShares.Need;
import dev.cartd.spi.RequestShares.Share;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every {@link RequestShares} of several nodes promises. */
public abstract class RequestSharesContract {
    private static final Duration LEASE = Duration.ofSeconds(12);
    private static final Duration TURN = Duration.ofSeconds(2);
    private static final int NODES = 4;
    private static final int TICKS = 200;

    private final List<RequestShares> nodes = new ArrayList<>();
    private volatile Instant now = Instant.parse("2026-11-25T12:00:00Z");

    /** To be extended by the test of an implementation. */
    protected RequestSharesContract() {}

    /** Another node, beside those before; all take the time from this clock and have leases of this length. */
    protected abstract RequestShares open(InstantSource clock, Duration lease) throws Exception;

    @BeforeEach
    final void openNodes() throws Exception {
        for (int i = 0; i < NODES; i++) {
            nodes.add(open(() -> now, LEASE));
        }
    }

    /** A node as a careful sender is one: it tells all that it may have out. */
    private final class Sender {
        private final RequestShares shares;
        private int learned;
        private int wanted = 100;
        private int out;
        private int allowed;
        private Share last = Share.NONE;

        private Sender(int number, int learned) {
            this.shares = nodes.get(number);
            this.learned = learned;
        }

        /** Asks, and has its requests come back that are beyond what it is answered. */
        private int ask() {
            last = shares.ask(new Need(learned, wanted, wanted == 0 ? 0 : Math.max(out, allowed)));
            allowed = Math.min(last.allowed(), learned);
            out = Math.min(out, allowed);
            return allowed;
        }

        /** Asks until all that it gave back is known. */
        private int settle() {
            ask();
            return ask();
        }
    }

    private List<Sender> senders(int count, int learned) {
        return IntStream.range(0, count).mapToObj(i -> new Sender(i, learned)).toList();
    }

    private static void settle(List<Sender> senders) {
        for (int round = 0; round < 3; round++) {
            senders.forEach(Sender::settle);
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void aNodeThatIsAloneMaySendWhateverItLearns() {
        Share share = nodes.get(0).ask(new Need(1, 100, 0));

        assertThat(share.allowed()).isEqualTo(RequestShares.ALL);
        assertThat(share.learned()).isEqualTo(RequestShares.ALL);
        assertThat(share.lease()).isEqualTo(LEASE);
    }

    @Test
    void aNodeThatComesWaitsForRoom() {
        Sender first = new Sender(0, 8);
        Sender second = new Sender(1, 8);
        assertThat(first.ask()).isEqualTo(8);
        assertThat(second.ask()).isZero();

        assertThat(first.ask()).isEqualTo(4);
        assertThat(second.ask()).isZero();
        first.ask();
        assertThat(second.ask()).isEqualTo(4);
        assertThat(second.last.lease()).isEqualTo(LEASE);
    }

    @Test
    void whatIsStillOutIsNotGivenToOthers() {
        Sender first = new Sender(0, 8);
        Sender second = new Sender(1, 8);
        first.ask();
        second.ask();
        first.ask();
        nodes.get(0).ask(new Need(8, 100, 7));
        assertThat(second.ask()).isEqualTo(1);
        nodes.get(0).ask(new Need(8, 100, 4));
        assertThat(second.ask()).isEqualTo(4);
    }

    @Test
    void sharesAreFair() {
        List<Sender> senders = senders(3, 8);
        settle(senders);
        assertThat(senders).extracting(each -> each.allowed).containsExactlyInAnyOrder(2, 3, 3);
    }

    @Test
    void whatANodeDoesNotWantGoesToOthers() {
        List<Sender> senders = senders(3, 9);
        senders.get(0).wanted = 1;
        settle(senders);
        assertThat(senders).extracting(each -> each.allowed).containsExactly(1, 4, 4);
    }

    @Test
    void theLeastThatANodeHasLearnedCountsForAll() {
        List<Sender> senders = senders(2, 8);
        senders.get(0).learned = 3;
        settle(senders);
        assertThat(senders.stream().mapToInt(each -> each.allowed).sum()).isEqualTo(3);
        assertThat(senders).extracting(each -> each.last.learned()).containsExactly(8, 3);

        senders.get(0).learned = 6;
        settle(senders);
        assertThat(senders).extracting(each -> each.allowed).containsExactly(3, 3);
    }

    @Test
    void aNodeThatHasLearnedNothingGoesByTheOthers() {
        Need fresh = new Need(0, 100, 0);
        Sender knows = new Sender(0, 8);
        knows.ask();
        assertThat(nodes.get(1).ask(fresh).learned()).isEqualTo(8);
        assertThat(knows.settle()).isEqualTo(4);
        assertThat(nodes.get(1).ask(fresh).allowed()).isEqualTo(4);
    }

    @Test
    void amongNodesThatHaveLearnedNothingOneSends() {
        Need fresh = new Need(0, 100, 0);
        nodes.get(0).ask(fresh);
        assertThat(nodes.get(1).ask(fresh)).returns(0, Share::allowed).returns(0, Share::learned);
        assertThat(nodes.get(0).ask(fresh).allowed()).isEqualTo(1);
        assertThat(nodes.get(1).ask(fresh).allowed()).isZero();
    }

    @Test
    void aNodeThatWantsNothingLeavesItsShareToOthersAtOnce() {
        List<Sender> senders = senders(2, 8);
        settle(senders);
        senders.get(0).wanted = 0;
        senders.get(0).ask();
        assertThat(senders.get(0).last).isEqualTo(Share.NONE);
        assertThat(senders.get(1).ask()).isEqualTo(8);
        assertThat(senders.get(1).last.allowed()).isEqualTo(RequestShares.ALL);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whereThereAreFewerThanNodesTheyTakeTurns(int limit) {
        List<Sender> senders = senders(NODES, limit);
        int[] sent = new int[NODES];
        int[] waited = new int[NODES];
        for (int tick = 0; tick < TICKS; tick++) {
            for (int i = 0; i < NODES; i++) {
                senders.get(i).ask();
                boolean sends = senders.get(i).allowed > 0;
                sent[i] += sends ? 1 : 0;
                waited[i] = sends ? 0 : waited[i] + 1;
                assertThat(waited[i]).isLessThan(13 * NODES);
            }
            assertThat(senders.stream().mapToInt(each -> each.allowed).sum()).isLessThanOrEqualTo(limit);
            pass(Duration.ofMillis(200));
        }
        int fair = TICKS * limit / NODES;
        assertThat(IntStream.of(sent).boxed())
                .allSatisfy(ticks -> assertThat(ticks).isBetween(fair * 3 / 4, fair * 5 / 4));
    }

    @Test
    void aTurnIsLongEnoughToGetSomethingDone() {
        List<Sender> senders = senders(2, 1);
        settle(senders);
        int has = senders.get(0).allowed == 1 ? 0 : 1;
        pass(TURN.minusMillis(1));
        settle(senders);
        assertThat(senders.get(has).allowed).isEqualTo(1);
        pass(Duration.ofMillis(1));
        settle(senders);
        assertThat(senders.get(has).allowed).isZero();
        assertThat(senders.get(1 - has).allowed).isEqualTo(1);
    }

    @Test
    void sharesThatAreEnoughForAllStay() {
        List<Sender> senders = senders(2, 3);
        settle(senders);
        pass(TURN.plusSeconds(1));
        settle(senders);
        List<Integer> before = senders.stream().map(each -> each.allowed).toList();
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(1));
            settle(senders);
            assertThat(senders.stream().map(each -> each.allowed).toList()).isEqualTo(before);
        }
    }

    @Test
    void theShareOfANodeThatDiedComesBackAfterItsLease() {
        List<Sender> senders = senders(2, 8);
        settle(senders);
        Sender lives = senders.get(1);
        for (Duration time = Duration.ofSeconds(1); time.compareTo(LEASE) < 0; time = time.plusSeconds(1)) {
            pass(Duration.ofSeconds(1));
            assertThat(lives.ask()).isEqualTo(4);
        }
        pass(Duration.ofSeconds(1));
        assertThat(lives.ask()).isEqualTo(8);
    }

    @Test
    void aNodeThatDiedWaitingHoldsUpNobodyForLong() {
        List<Sender> senders = senders(2, 1);
        settle(senders);
        Sender has = senders.get(senders.get(0).allowed == 1 ? 0 : 1);
        pass(TURN);
        has.ask();
        pass(Duration.ofMillis(1));
        assertThat(has.ask()).isEqualTo(1);
    }

    @Test
    void aNodeThatIsBackFromAPauseHasNothingLeft() {
        List<Sender> senders = senders(2, 8);
        settle(senders);
        pass(LEASE);
        Sender other = senders.get(1);
        assertThat(other.ask()).isEqualTo(8);

        Sender back = senders.get(0);
        back.out = 0;
        back.allowed = 0;
        assertThat(back.ask()).isZero();
        assertThat(other.settle()).isEqualTo(4);
        assertThat(back.ask()).isEqualTo(4);
    }

    @Test
    void aLeaseThatEndsInHoursIsNotBelieved() {
        List<Sender> senders = senders(2, 1);
        settle(senders);
        pass(Duration.ofHours(-2));
        Sender lives = senders.get(1);
        assertThat(lives.settle()).isEqualTo(1);
    }

    @Test
    void turnsGoOnWhenTheClockWentBackALittle() {
        List<Sender> senders = senders(2, 1);
        settle(senders);
        int has = senders.get(0).allowed == 1 ? 0 : 1;
        pass(Duration.ofSeconds(-30));
        settle(senders);
        pass(TURN.dividedBy(2)); // Who waits asks before its short lease is over, and so keeps its place.
        settle(senders);
        pass(TURN.dividedBy(2));
        settle(senders);
        assertThat(senders.get(has).allowed).isZero();
        assertThat(senders.get(1 - has).allowed).isEqualTo(1);
    }

    @Test
    void neverMoreInSumThanTheLimitWhateverNodesDo() {
        Random random = new Random(5);
        List<Sender> senders = senders(NODES, 5);
        for (int step = 0; step < 500; step++) {
            Sender one = senders.get(random.nextInt(NODES));
            if (one.out == 0 && random.nextInt(5) == 0) {
                one.wanted = random.nextInt(3) * random.nextInt(8);
                one.allowed = one.wanted == 0 ? 0 : one.allowed;
            }
            // What is out may end, or be long in ending, whatever it is answered.
            int out = one.out - random.nextInt(one.out + 1);
            one.ask();
            one.out = one.wanted == 0 ? 0 : Math.max(out, random.nextInt(one.allowed + 1));
            assertThat(senders.stream().mapToInt(each -> each.out).sum()).isLessThanOrEqualTo(5);
            pass(Duration.ofMillis(random.nextInt(300)));
        }
    }

    @Test
    void neverMoreInSumWhenAllAskAtOnce() throws Exception {
        AtomicInteger sum = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (Sender sender : senders(NODES, 6)) {
                ends.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        int before = sender.allowed;
                        sender.wanted = i % 9;
                        if (sender.wanted == 0) {
                            sum.addAndGet(-before);
                            sender.allowed = 0;
                            before = 0;
                        }
                        most.accumulateAndGet(sum.addAndGet(sender.ask() - before), Math::max);
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(4, 6);
    }
}
