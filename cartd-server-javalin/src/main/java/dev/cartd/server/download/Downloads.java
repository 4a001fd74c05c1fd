package dev.cartd.server.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.CartException;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running downloads and their shared resources: a limited number of places, of threads that read from disk (so that
 * a slow disk delays only downloads), and of large {@link Buffers}. Safe for use by many threads.
 */
public final class Downloads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
    private static final int GRACE_SECONDS = 5;
    private static final int THREADS = 32;

    private final Semaphore places;
    private final Set<Download> running = ConcurrentHashMap.newKeySet();
    private final Set<Runnable> texts = ConcurrentHashMap.newKeySet();
    private final ExecutorService readers =
            Executors.newFixedThreadPool(THREADS, Timeline.daemons("cartd-download", true));
    private final Buffers buffers = new Buffers();

    private final LongAdder begun = new LongAdder();
    private final LongAdder resumed = new LongAdder();
    private final LongAdder cut = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder sent = new LongAdder();

    /** At most {@code most} downloads at a time. */
    public Downloads(int most) {
        places = new Semaphore(most);
    }

    /** The threads that read from disk. */
    Executor readers() {
        return readers;
    }

    /** The buffers that all downloads share. */
    Buffers buffers() {
        return buffers;
    }

    /** Begins an answer. */
    @FunctionalInterface
    interface Answer {
        /**
         * @param over to be completed when the response has ended, unless this throws the failure that is the answer
         */
        void begin(CompletableFuture<Void> over) throws IOException;
    }

    /** Answers the request on the threads that read from disk; the future completes when the response has ended. */
    CompletableFuture<Void> answer(Exchange exchange, Answer answer) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        readers.execute(() -> {
            try {
                answer.begin(over);
            } catch (IOException | RuntimeException | Error e) {
                exchange.failOrCut(e);
                over.complete(null);
            }
        });
        return over;
    }

    /**
     * Sends these bytes of a bundle and then closes it, without a thread while the client is slow. It reads
     * the first bytes at once, so that a read failure is still answered with a message. If this throws, the channel is
     * closed, and the place and the buffer are given back.
     *
     * @param opener opens the channel, once a place is taken
     * @param over completed when the download has ended, successfully or not
     * @throws Refused with 503 if no place is free
     * @throws CartException.Failed if the first bytes cannot be read
     */
    void send(
            String name,
            Supplier<BundleChannel> opener,
            Selection bytes,
            Exchange exchange,
            CompletableFuture<Void> over)
            throws IOException {
        takePlace();
        Download download;
        try {
            download = prepare(name, opener.get(), bytes, exchange, over);
        } catch (IOException | RuntimeException | Error e) {
            places.release();
            throw e;
        }
        // From here on the download gives back its place, when it ends.
        running.add(download);
        begun.increment();
        if (bytes.status() == HttpStatus.PARTIAL_CONTENT_206) {
            resumed.increment();
        }
        download.begin();
    }

    private void takePlace() {
        if (!places.tryAcquire()) {
            refused.increment();
            throw new Refused(
                    HttpStatus.SERVICE_UNAVAILABLE_503,
                    "Too many downloads are running, try again later.",
                    Map.of(Problems.RETRY_AFTER, "30"));
        }
    }

    /**
     * Takes a place for a text, until {@link #leave}.
     *
     * @param cut resets the connection of its client
     * @throws Refused with 503 if no place is free
     */
    void enter(Runnable cut) {
        takePlace();
        texts.add(cut);
    }

    /** Gives back a place that {@link #enter} took; a second time does nothing. */
    void leave(Runnable cut) {
        if (texts.remove(cut)) {
            places.release();
        }
    }

    private Download prepare(
            String name, BundleChannel channel, Selection bytes, Exchange exchange, CompletableFuture<Void> over)
            throws IOException {
        try {
            return new Download(name, channel, bytes, exchange, this, over);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** How many downloads are running. */
    public int running() {
        return running.size();
    }

    /** How many downloads began. */
    public long begun() {
        return begun.sum();
    }

    /** How many of the downloads that began were for a range only. */
    public long resumed() {
        return resumed.sum();
    }

    /** How many downloads ended before all of their bytes were sent. */
    public long cut() {
        return cut.sum();
    }

    /** How many downloads were refused because no place was free. */
    public long refused() {
        return refused.sum();
    }

    /** How many bytes were passed to Jetty. */
    public long sent() {
        return sent.sum();
    }

    void sent(int bytes) {
        sent.add(bytes);
    }

    /** @param left how many of its bytes were not sent */
    void ended(Download download, long left) {
        if (running.remove(download)) {
            places.release();
            if (left > 0) {
                cut.increment();
            }
        }
    }

    /**
     * Cuts off all running downloads, even if the calling thread is interrupted. If a read hangs because of a broken
     * disk, it is abandoned after {@value #GRACE_SECONDS} seconds.
     */
    @Override
    public void close() {
        readers.shutdownNow();
        if (readersEnd()) {
            running.forEach(Download::cut);
            texts.forEach(Runnable::run);
        } else {
            LOG.warn("a read from disk hangs, it is left behind");
        }
    }

    /** Waits for the readers to end, interrupted or not: whoever stops in a hurry still wants the downloads cut. */
    private boolean readersEnd() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return readers.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
