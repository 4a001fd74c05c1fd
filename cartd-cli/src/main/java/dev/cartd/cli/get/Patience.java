package dev.cartd.cli.get;

import dev.cartd.cart.HumanText;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to try again while nothing comes. The waits grow from a quarter of a second to half a minute. For one
 * thread.
 */
final class Patience {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** The time, and how to let it pass. */
    interface Clock {
        /** The clock of the machine. */
        Clock MACHINE = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                Thread.sleep(time.toMillis());
            }
        };

        /** Nanoseconds that only grow. */
        long nanos();

        void sleep(Duration time) throws InterruptedException;
    }

    private final Duration most;
    private final Clock clock;
    private long since;
    private Duration next = FIRST;

    /** @param most after this time in which nothing came it is over */
    Patience(Duration most, Clock clock) {
        this.most = most;
        this.clock = clock;
        this.since = clock.nanos();
    }

    /** Something came: the time begins anew. */
    void progressed() {
        since = clock.nanos();
        next = FIRST;
    }

    /** Whether nothing went wrong since something came. */
    boolean isFresh() {
        return next.equals(FIRST);
    }

    /**
     * Waits before the next try.
     *
     * @param reason why the last one failed
     * @throws NotFinished if nothing came for too long
     */
    void pause(String reason) throws NotFinished, InterruptedException {
        Duration left = requireNotOver(reason);
        // Not all clients of a server that comes back shall come at once.
        Duration wait =
                next.multipliedBy(ThreadLocalRandom.current().nextInt(75, 101)).dividedBy(100);
        clock.sleep(wait.compareTo(left) < 0 ? wait : left);
        Duration longer = next.multipliedBy(2);
        next = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }

    /**
     * The time that is left.
     *
     * @throws NotFinished if nothing came for too long
     */
    Duration requireNotOver(String reason) throws NotFinished {
        Duration left = most.minusNanos(clock.nanos() - since);
        if (left.isNegative() || left.isZero()) {
            throw new NotFinished("gave up after " + HumanText.duration(most) + " in which nothing came: " + reason
                    + "; the same command goes on where it was");
        }
        return left;
    }

    /** Not all is there, and nothing is wrong: the same command can go on later. The message is one line. */
    static final class NotFinished extends Exception {
        private static final long serialVersionUID = 1;

        NotFinished(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }
    }
}
