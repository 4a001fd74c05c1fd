package dev.cartd.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The one file that Pacifica's archive interface has open under its own web server, whatever its ten threads are asked.
 * Each request closes what another has open, opens its own file, and reads from whatever is open by then; once another
 * request has closed that, a content just ends.
 */
final class SharedHandle {
    private static final int THREADS = 10;

    /** What it does with a file takes so long, in nanoseconds, and is no single step. */
    private static final long WHILE = 2_000_000;

    private final Semaphore threads = new Semaphore(THREADS);
    private final AtomicReference<Open> open = new AtomicReference<>(Open.NONE);

    private static final class Open {
        private static final Open NONE = new Open(InputStream.nullInputStream());

        private final InputStream content;

        private Open(InputStream content) {
            this.content = content;
        }

        private synchronized int read(byte[] buffer, int count) throws IOException {
            return content.readNBytes(buffer, 0, count);
        }
    }

    void takeThread() throws InterruptedException {
        threads.acquire();
    }

    void giveThread() {
        threads.release();
    }

    /** Opens the file in the place of what is open; tells whether no other request came in between. */
    boolean open(HeldFile file, long from) throws IOException {
        Open before = open.get();
        LockSupport.parkNanos(WHILE);
        Open mine = new Open(file.content().from(from));
        return open.compareAndSet(before, mine) || (before == Open.NONE && open.getAndSet(mine) != mine);
    }

    /** Reads the next bytes of what is open; 0 if nothing is, or if that is at its end. */
    int read(byte[] buffer, int count) throws IOException {
        return Objects.requireNonNull(open.get()).read(buffer, count);
    }

    /** Looks at what is open, and closes it; tells whether anything was open by then. */
    boolean look() throws IOException {
        LockSupport.parkNanos(WHILE);
        return close();
    }

    /** Closes what is open, whoever opened it; tells whether anything was. */
    boolean close() throws IOException {
        Open was = Objects.requireNonNull(open.getAndSet(Open.NONE));
        was.content.close();
        return was != Open.NONE;
    }
}
