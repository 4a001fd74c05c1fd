package dev.cartd.claim;

import dev.cartd.cart.FailureText;
import dev.cartd.cart.Outage;
import dev.cartd.space.Space;
import dev.cartd.spi.CartStore;
import dev.cartd.system.Timeline;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The objects that all steps of one worker share. Safe for use by many threads.
 *
 * @param settings those of the default archive, where each archive has its own
 * @param closing whether the worker is closing, so that steps must end soon
 * @param volumeOutage logs the failures of a volume that is not away
 * @param removeSoon schedules the removal of the files of these deleted carts
 */
public record StepContext(
        UsedArchives archives,
        CartStore store,
        Volume volume,
        Space space,
        StageSettings settings,
        Timeline clock,
        BooleanSupplier closing,
        Outage volumeOutage,
        Consumer<List<Long>> removeSoon) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** The pause before a check of a state that has only begun: that of the settings. */
    public Duration shortestPause() {
        return settings.pause();
    }

    /**
     * The pause before the next check of a state that has lasted this long: a quarter of that, at least {@link
     * #shortestPause} and at most 60 s.
     */
    public Duration pauseAfter(Duration lasted) {
        Duration pause = lasted.dividedBy(4);
        return pause.compareTo(shortestPause()) < 0
                ? shortestPause()
                : pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Notes that the volume failed though it is not away. */
    public void volumeFails(IOException why) {
        volumeOutage.failed(volumeOutage.ended(), FailureText.of(why));
    }

    /** Notes that bytes were written to the volume and synced. */
    public void volumeWorks() {
        volumeOutage.worked();
    }
}
