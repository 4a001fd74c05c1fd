package dev.cartd;

import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Outage;
import dev.cartd.spi.Scheduler;
import dev.cartd.volume.FileNames;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Whether the volume of the carts is there, and what follows: without it requests are refused, and this process begins
 * no steps, so that nodes that have the volume do the work. Safe for use by many threads.
 */
final class VolumePresence {
    private static final System.Logger LOG = System.getLogger(VolumePresence.class.getName());

    private final Volume volume;
    private final VolumeWatch watch;
    private final HighestNumber highest;
    private final Scheduler scheduler;

    VolumePresence(Volume volume, VolumeWatch watch, Scheduler scheduler) {
        this.volume = volume;
        this.watch = watch;
        this.highest = new HighestNumber(volume);
        this.scheduler = scheduler;
    }

    /**
     * Looks at the volume for the first time.
     *
     * @param marks whether this process makes the volume if it is new, and follows it from now on
     * @param onReturn called each time the volume is back
     * @throws UncheckedIOException if a new volume cannot be made, or its mark cannot be read or written
     */
    void begin(boolean marks, Runnable onReturn) {
        try {
            watch.first();
        } catch (IOException e) {
            throw new UncheckedIOException("the volume " + volume.root() + " cannot be used: " + FailureText.of(e), e);
        }
        highest.read();
        watch.onChange(() -> {
            if (follow()) {
                onReturn.run();
            }
        });
        if (marks) {
            FileNames.problem()
                    .ifPresent(problem -> LOG.log(
                            System.Logger.Level.WARNING,
                            "carts with names beyond ASCII cannot be made or read: {0}",
                            problem));
            watch.start(); // Here and not only in work(): a process that only serves never calls that.
        }
    }

    /** Pauses the scheduler if the volume is not there now, and each time it goes away. */
    void work() {
        follow();
        watch.start();
    }

    /** Returns whether the volume is there. */
    private synchronized boolean follow() {
        boolean there = watch.gone().isEmpty();
        if (there) {
            highest.read();
            scheduler.resume();
        } else {
            scheduler.pause();
        }
        return there;
    }

    /**
     * The number that the number of a new cart must exceed.
     *
     * @throws CartException.VolumeAway if the store has no volume yet and this volume is not there
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    long highestNumber() {
        if (highest.isNeeded()) {
            require();
            highest.read();
        }
        return highest.get();
    }

    /**
     * Fails unless the volume is there now, which the caller waits for.
     *
     * @throws CartException.VolumeAway if the volume is not there; the message says what to do
     * @throws CartException.Unavailable if the store cannot be reached in time
     */
    void require() {
        volume.mark().problem().ifPresent(away -> {
            throw new CartException.VolumeAway(away.advice(), away);
        });
    }

    /**
     * Fails unless the volume was there when it was last looked at. Never waits.
     *
     * @throws CartException.VolumeAway if it was not; the message is for clients
     */
    void requireSeen() {
        watch.gone().ifPresent(gone -> {
            throw new CartException.VolumeAway(gone.message(), gone.why());
        });
    }

    /** Since when the volume is away, and what to do; empty if it was there when last looked at. Never waits. */
    Optional<Outage.Away> away() {
        return watch.gone().map(gone -> new Outage.Away(gone.since(), gone.why().advice()));
    }
}
