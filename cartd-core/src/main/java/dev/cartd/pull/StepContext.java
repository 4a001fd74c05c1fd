package dev.cartd.pull;

import dev.cartd.cart.FailureText;
import dev.cartd.cart.Outage;
import dev.cartd.limit.RequestLimit;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What all steps of one worker have in common. Safe for use by many threads.
 *
 * @param closing whether the worker is being closed, and steps shall end soon
 * @param volumeOutage tells the log when the volume, which is there, fails
 * @param removeSoon has the files of these deleted carts removed
 */
public record StepContext(
        Archive archive,
        CartStore store,
        Volume volume,
        Space space,
        RequestLimit limit,
        StageSettings settings,
        InstantSource clock,
        BooleanSupplier closing,
        Outage volumeOutage,
        Consumer<List<Long>> removeSoon) {
    public static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** The longer something has lasted, the longer the pause before another look at it: from a second to a minute. */
    public Duration pauseAfter(Duration lasted) {
        Duration pause = lasted.dividedBy(4);
        return pause.compareTo(SHORTEST_PAUSE) < 0
                ? SHORTEST_PAUSE
                : pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Notes that the volume, which is there, failed. */
    public void volumeFails(IOException why) {
        volumeOutage.failed(volumeOutage.ended(), FailureText.of(why));
    }

    /** Notes that something was written to the volume, and is durable. */
    public void volumeWorks() {
        volumeOutage.worked();
    }
}
