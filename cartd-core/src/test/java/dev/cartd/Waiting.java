package dev.cartd;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How tests wait for a condition. It is checked at once, then after pauses that grow from 2 to 50 ms: a short wait
 * costs no more than it has to, and a long one leaves the processor to what is waited for.
 */
public final class Waiting {
    private static final Duration FIRST = Duration.ofMillis(2);
    private static final Duration LONGEST = Duration.ofMillis(50);

    private Waiting() {}

    /** Begins to say what is waited for; half a minute at most, unless more is asked for: a machine may be busy. */
    public static ConditionFactory await() {
        return patient(Awaitility.await());
    }

    /** As {@link #await()}, with a name for it. */
    public static ConditionFactory await(String name) {
        return patient(Awaitility.await(name));
    }

    private static ConditionFactory patient(ConditionFactory waiting) {
        return waiting.atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval((polls, last) -> next(last));
    }

    private static Duration next(Duration last) {
        Duration longer = last.isZero() ? FIRST : last.multipliedBy(3).dividedBy(2);
        return longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }
}
