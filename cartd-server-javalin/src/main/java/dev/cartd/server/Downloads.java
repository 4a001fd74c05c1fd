package dev.cartd.server;

import dev.cartd.cart.CartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The downloads that are under way, and what they share: a bounded number of places, of threads that read from disk (so
 * that a slow disk holds up nothing but downloads), and of large buffers.
 */
final class Downloads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
    private static final int GRACE_SECONDS = 5;
    private static final int THREADS = 32;
    private static final int LARGE = 256 * 1024;
    private static final int SMALL = 32 * 1024;
    private static final int LARGE_BUFFERS = 64;

    private final Semaphore places;
    private final Set<Download> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService readers = Executors.newFixedThreadPool(THREADS, threads());
    private final BlockingQueue<ByteBuffer> buffers = new ArrayBlockingQueue<>(LARGE_BUFFERS);
    private final AtomicInteger allocated = new AtomicInteger();

    Downloads(int most) {
        places = new Semaphore(most);
    }

    /** The threads for what reads from disk. */
    Executor readers() {
        return readers;
    }

    /**
     * Takes a place for one more download; {@link #prepare} or {@link #giveBack} must follow.
     *
     * @throws Refused with 503 if none is free
     */
    void takePlace() {
        if (!places.tryAcquire()) {
            throw new Refused(
                    HttpStatus.SERVICE_UNAVAILABLE_503,
                    "Too many downloads are running, try again later.",
                    Map.of(Problems.RETRY_AFTER, "30"));
        }
    }

    /** Gives back a place that no download was started for. */
    void giveBack() {
        places.release();
    }

    /**
     * Makes ready to send so many bytes of the channel without holding a thread while the client is slow, and then to
     * close it. The first of them are read at once, so that what cannot be read at all is told in words.
     *
     * @param over completed when that has ended, well or not
     * @throws CartException.Failed if they cannot be read
     */
    Download prepare(
            String name, ReadableByteChannel channel, long bytes, Exchange exchange, CompletableFuture<Void> over)
            throws IOException {
        Download download = new Download(name, channel, bytes, exchange, this, over);
        running.add(download);
        return download;
    }

    void ended(Download download) {
        if (running.remove(download)) {
            places.release();
        }
    }

    /** A buffer for one download: large ones while there are, small ones beyond. */
    ByteBuffer buffer(long bytes) {
        if (bytes <= SMALL) {
            return ByteBuffer.allocateDirect((int) bytes);
        }
        ByteBuffer free = buffers.poll();
        if (free != null) {
            return free;
        }
        if (allocated.incrementAndGet() <= LARGE_BUFFERS) {
            return ByteBuffer.allocateDirect(LARGE);
        }
        allocated.decrementAndGet();
        return ByteBuffer.allocateDirect(SMALL);
    }

    /** Takes back a buffer; one that may still be in use is not reused. */
    void giveBack(ByteBuffer buffer, boolean unused) {
        if (buffer.capacity() == LARGE && !(unused && buffers.offer(buffer))) {
            allocated.decrementAndGet();
        }
    }

    /** Cuts what still runs. A read that hangs in a broken disk is left behind after some seconds. */
    @Override
    public void close() {
        readers.shutdownNow();
        try {
            if (readers.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                running.forEach(Download::cut);
            } else {
                LOG.warn("a read from disk hangs, it is left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory threads() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "cartd-download-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
