package dev.cartd.volume;

import dev.cartd.cart.CartException;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Checks now and then, on a thread of its own, whether the volume is there, so that {@link #gone} never waits for a
 * disk. Logs once when the volume goes away, and once when it is back. Safe for use by many threads.
 */
public final class VolumeWatch implements AutoCloseable {
    /**
     * The volume is not there.
     *
     * @param why the problem
     * @param since when the watch first saw it
     */
    public record Gone(VolumeNotThere why, Instant since) {
        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

        /** The message for clients. */
        public String message() {
            return "The volume cannot be used since " + MINUTE.format(since) + ": " + why.getMessage();
        }
    }

    private static final System.Logger LOG = System.getLogger(VolumeWatch.class.getName());
    private static final Duration HANGS = Duration.ofSeconds(15);

    private final VolumeMark mark;
    private final boolean marksNew;
    private final Duration pause;
    private final Timeline timeline;
    private final ScheduledExecutorService thread;
    private volatile Optional<Gone> gone = Optional.empty();
    private volatile long lookedAt;
    private volatile Runnable listener = () -> {};
    private boolean started;
    private String logged = "";

    /**
     * A watch that has not checked the volume yet.
     *
     * @param marksNew whether to create and mark the volume if it is new
     * @param pause the time from the end of a check to the next one
     */
    public VolumeWatch(VolumeMark mark, boolean marksNew, Duration pause, Timeline timeline) {
        this.mark = mark;
        this.marksNew = marksNew;
        this.pause = pause;
        this.timeline = timeline;
        this.thread = timeline.threads("cartd-volume", 1);
        this.lookedAt = timeline.nanos();
    }

    /**
     * Checks the volume for the first time, on the thread of the caller. If the store does not answer, this has no
     * effect.
     *
     * @throws IOException if a new volume cannot be created or marked
     */
    public void first() throws IOException {
        try {
            if (marksNew) {
                mark.markIfNew(true);
            }
            check();
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the store does not answer: the id of its volume is not known yet", e);
        }
    }

    /** Starts the checks; further calls do nothing. */
    public synchronized void start() {
        if (!started) {
            started = true;
            lookedAt = timeline.nanos();
            Future<?> unused =
                    thread.scheduleWithFixedDelay(this::checkAndCatch, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Sets the listener that runs, on the thread of the watch, whenever the volume went away or came back. */
    public void onChange(Runnable newListener) {
        listener = newListener;
    }

    /**
     * Why and since when the volume is not there; empty if it was there at the last check, and the check that runs now
     * has taken less than 15 seconds. Never blocks.
     */
    public Optional<Gone> gone() {
        Optional<Gone> last = gone;
        return last.isEmpty() && hangs() ? Optional.of(hanging()) : last;
    }

    /** Whether the check that runs now takes too long; on the monotonic clock, which nobody can set. */
    private boolean hangs() {
        return started && timeline.nanos() - lookedAt > HANGS.toNanos();
    }

    private Gone hanging() {
        return new Gone(mark.hangs(), timeline.instant().minus(HANGS));
    }

    private void checkNow() {
        boolean before = gone.isPresent();
        try {
            if (marksNew && before) {
                mark.markIfNew(false);
            }
            check();
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the store does not answer: the result of the last check stays", e);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the volume cannot be marked", e);
        }
        lookedAt = timeline.nanos();
        if (thread.isShutdown()) {
            return; // close() interrupted the check, so it failed for that reason.
        }
        logChange();
        if (before != gone.isPresent()) {
            listener.run();
        }
    }

    /** Catches everything, since the executor drops a task that throws. */
    private void checkAndCatch() {
        try {
            checkNow();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a check of the volume failed", e);
        }
    }

    private void check() {
        Optional<VolumeNotThere> away = mark.problem();
        Instant since = gone.map(Gone::since).orElseGet(timeline::instant);
        gone = away.map(why -> new Gone(why, since));
    }

    private void logChange() {
        Optional<Gone> now = gone;
        String line = now.map(why -> why.why().advice()).orElse("");
        if (line.equals(logged)) {
            return;
        }
        logged = line;
        if (now.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "no cart is touched: {0}", line);
        } else {
            LOG.log(System.Logger.Level.INFO, "the volume is there again");
        }
    }

    /** Ends the watch, and interrupts a check that runs; does not wait for it. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
