package dev.cartd.volume;

import dev.cartd.cart.CartException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks once a second whether the volume is there, on a thread of its own, so that who only wants to know that never
 * waits for a disk. Says once when it went, and once when it is back.
 */
public final class VolumeWatch implements AutoCloseable {
    /**
     * The volume is not there.
     *
     * @param since when that was first seen
     */
    public record Gone(VolumeAway why, Instant since) {
        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

        /** What clients are told. */
        public String message() {
            return "The volume cannot be used since " + MINUTE.format(since) + ": " + why.getMessage();
        }
    }

    private static final System.Logger LOG = System.getLogger(VolumeWatch.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration HANGS = Duration.ofSeconds(15);

    private final VolumeMark mark;
    private final boolean makes;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, VolumeWatch::daemon);
    private volatile Optional<Gone> gone = Optional.empty();
    private volatile long lookedAt = System.nanoTime();
    private volatile Runnable wentOrCame = () -> {};
    private boolean started;
    private String told = "";

    /**
     * A watch over this volume, which has not looked yet.
     *
     * @param makes whether it marks a volume that is new
     */
    public VolumeWatch(VolumeMark mark, boolean makes, InstantSource clock) {
        this.mark = mark;
        this.makes = makes;
        this.clock = clock;
    }

    /**
     * Looks for the first time.
     *
     * @throws IOException if a new volume cannot be made, or its mark not be written
     */
    public void first() throws IOException {
        try {
            if (makes) {
                mark.makeIfNew(true);
            }
            look();
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "which volume to look for is not known yet", e);
        }
    }

    /** Begins to look again and again; more than once does nothing. */
    public synchronized void start() {
        if (!started) {
            started = true;
            lookedAt = System.nanoTime();
            Future<?> unused =
                    thread.scheduleWithFixedDelay(this::lookAndGoOn, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Has this run, on the thread of the watch, whenever the volume went or came back. */
    public void onChange(Runnable listener) {
        wentOrCame = listener;
    }

    /** Since when and why the volume is not there; empty if it was there a second ago. Never waits. */
    public Optional<Gone> gone() {
        Optional<Gone> last = gone;
        return last.isEmpty() && hangs() ? Optional.of(hanging()) : last;
    }

    /** On no clock that can be set: this is how long one call of the system takes. */
    private boolean hangs() {
        return started && System.nanoTime() - lookedAt > HANGS.toNanos();
    }

    private Gone hanging() {
        return new Gone(mark.hangs(), clock.instant().minus(HANGS));
    }

    private void lookNow() {
        boolean before = gone.isPresent();
        try {
            if (makes && before) {
                mark.makeIfNew(false);
            }
            look();
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the store is away: what was seen last is still held to be so", e);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the volume cannot be marked", e);
        }
        lookedAt = System.nanoTime();
        if (thread.isShutdown()) {
            return; // It was broken off.
        }
        tell();
        if (before != gone.isPresent()) {
            wentOrCame.run();
        }
    }

    /** One look that fails must not be the last. */
    private void lookAndGoOn() {
        try {
            lookNow();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the volume is not watched as it should be", e);
        }
    }

    private void look() {
        Optional<VolumeAway> away = mark.look();
        Instant since = gone.map(Gone::since).orElseGet(clock::instant);
        gone = away.map(why -> new Gone(why, since));
    }

    private void tell() {
        Optional<Gone> now = gone;
        String line = now.map(why -> why.why().advice()).orElse("");
        if (line.equals(told)) {
            return;
        }
        told = line;
        if (now.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "no cart is touched: {0}", line);
        } else {
            LOG.log(System.Logger.Level.INFO, "the volume is there again");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "cartd-volume");
        thread.setDaemon(true);
        return thread;
    }
}
