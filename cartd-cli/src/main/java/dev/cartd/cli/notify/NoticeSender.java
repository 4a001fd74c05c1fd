package dev.cartd.cli.notify;

import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.metrics.NoticeCounts;
import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the notices of a database that are due, looking for them once a second: at most eight at once, and two to one
 * host. What could not be sent is tried again after pauses that grow to ten minutes, and is given up after a day or so.
 * Any number of processes may do so on one database, each by these limits.
 */
public final class NoticeSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeSender.class);
    private static final int AT_ONCE = 8;
    private static final int LOOKED_AT = 100;

    /** 150 tries take about a day, while a process is there to try. */
    static final int MOST_TRIES = 150;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration POST = Duration.ofSeconds(15);
    private static final Duration RUN = Duration.ofSeconds(60);

    /** Longer than any try takes, the look-up of a name included. */
    private static final Duration LEASE = Duration.ofMinutes(3);

    private static final Duration KEEP_GIVEN_UP = Duration.ofDays(30);
    private static final Duration STOP = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration FORGET = Duration.ofHours(1);

    private final Notices notices;
    private final Receivers receivers;
    private final NoticeCounts counts;
    private final Duration firstPause;
    private final int mostTries;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(Timeline.daemons("cartd-notices", false));
    private final ExecutorService workers =
            Executors.newFixedThreadPool(AT_ONCE, Timeline.daemons("cartd-notice", true));
    private final AtomicBoolean looksSoon = new AtomicBoolean();
    private final AtomicInteger running = new AtomicInteger();
    private final Map<String, Integer> perHost = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    NoticeSender(Notices notices, Receivers receivers, NoticeCounts counts, Duration firstPause, int mostTries) {
        this.notices = notices;
        this.receivers = receivers;
        this.counts = counts;
        this.firstPause = firstPause;
        this.mostTries = mostTries;
    }

    /** Starts to send the notices of a database, by these settings. */
    public static NoticeSender start(Notices notices, Configuration.Notify settings, NoticeCounts counts) {
        Receivers receivers = new Receivers(settings, POST, RUN, Dns.SYSTEM);
        NoticeSender sender = new NoticeSender(notices, receivers, counts, FIRST_PAUSE, MOST_TRIES);
        sender.start(POLL);
        return sender;
    }

    void start(Duration poll) {
        every(poll, this::look);
        every(FORGET, this::forget);
    }

    private void every(Duration period, Runnable work) {
        Future<?> unused =
                clock.scheduleWithFixedDelay(() -> guarded(work), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (CartException.Unavailable e) {
            // The database logs that it is away.
            LOG.debug("notices wait: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("a notice is tried again later", e);
        }
    }

    /** There may be more than those for which there was a place. */
    private void lookSoon() {
        if (!looksSoon.getAndSet(true)) {
            try {
                clock.execute(() -> {
                    looksSoon.set(false);
                    guarded(this::look);
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("closed meanwhile", e);
            }
        }
    }

    private void forget() {
        notices.forget(Instant.now().minus(KEEP_GIVEN_UP));
    }

    private void look() {
        if (running.get() >= AT_ONCE) {
            return;
        }
        for (Notice notice : notices.due(LOOKED_AT)) {
            if (running.get() < AT_ONCE && perHost.getOrDefault(notice.host(), 0) < Notices.MOST_FOR_ONE) {
                notices.claim(notice, LEASE).ifPresent(this::begin);
            }
        }
    }

    private void begin(Notice notice) {
        running.incrementAndGet();
        perHost.merge(notice.host(), 1, Integer::sum);
        workers.execute(() -> {
            try {
                guarded(() -> send(notice));
            } finally {
                ended(notice);
            }
        });
    }

    private void ended(Notice notice) {
        perHost.computeIfPresent(notice.host(), (host, count) -> count > 1 ? count - 1 : null);
        running.decrementAndGet();
        lookSoon();
    }

    private void send(Notice notice) {
        try {
            receivers.send(notice, CloudEvent.of(notice));
        } catch (IOException e) {
            failed(notice, FailureText.withoutName(e));
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // It is due again when the claim ends.
            return;
        } catch (RuntimeException e) {
            // Counted, so that it is given up one day: the store is not asked here, so it is not away.
            LOG.debug("notice {}", notice.id(), e);
            failed(notice, FailureText.of(e));
            return;
        }
        notices.sent(notice);
        counts.sent().increment();
        if (failing.remove(notice.host())) {
            LOG.info("notices to {} arrive again", notice.host());
        }
    }

    private void failed(Notice notice, String why) {
        boolean isLast = notice.tries() >= mostTries;
        notices.failed(notice, why, isLast ? Optional.empty() : Optional.of(pause(notice.tries())));
        counts.failed().increment();
        if (failing.add(notice.host())) {
            LOG.warn("notices to {} do not arrive, they are tried again: {}", notice.host(), why);
        }
        if (isLast) {
            counts.givenUp().increment();
            LOG.warn(
                    "notice {} that cart {} is {} is given up after {} tries: cartd notices shows it, --retry sends it",
                    notice.id(),
                    notice.cart(),
                    notice.event().word(),
                    notice.tries());
        }
    }

    /** The pause after so many tries: it doubles from one to the next. */
    private Duration pause(int tries) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(20, Math.max(0, tries - 1)));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Begins to send no more notices, and waits some seconds for those that are being sent. */
    @Override
    public void close() {
        clock.shutdownNow();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        receivers.close();
    }
}
