package dev.cartd.server.download;

import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.server.http.Exchange;
import jakarta.servlet.WriteListener;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running download. It takes turns on the threads of {@link Downloads}: it reads a part into a buffer and passes it
 * to Jetty. Where the bytes come from many files, several threads read a part each, and the parts are sent in their
 * order. If the client is slower than the disk, it leaves the threads until Jetty can take more.
 *
 * <p>If reading or sending fails, the channel is closed and the connection is reset, so that no client takes a part for
 * the whole.
 */
final class Download implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    /** The number of parts that a thread reads for one download before another one gets the thread. */
    private static final int PARTS_PER_TURN = 16;

    /** The most parts of one download that are in memory. */
    private static final int PARTS = Math.max(2, Math.min(Runtime.getRuntime().availableProcessors(), 4));

    /** Bytes that are being read, or were read and are to be sent. */
    private static final class Part {
        private final long from;
        private final ByteBuffer buffer;
        private boolean read;

        Part(long from, ByteBuffer buffer) {
            this.from = from;
            this.buffer = buffer;
        }
    }

    private final String name;
    private final BundleChannel channel;
    private final HttpOutput out;
    private final Downloads downloads;
    private final Buffers buffers;
    private final Exchange exchange;
    private final CompletableFuture<Void> over;
    private final long to;

    /** In the order of their bytes; the first one is sent as soon as it is read. */
    private final Deque<Part> parts = new ArrayDeque<>();

    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private long next;
    private int threads;

    Download(
            String name,
            BundleChannel channel,
            Selection selection,
            Exchange exchange,
            Downloads downloads,
            CompletableFuture<Void> over)
            throws IOException {
        this.name = name;
        this.channel = channel;
        this.next = selection.from();
        this.to = selection.to();
        this.exchange = exchange;
        this.out = (HttpOutput) exchange.response().getOutputStream();
        this.downloads = downloads;
        this.buffers = downloads.buffers();
        this.over = over;
        readFirst(buffers.first(selection.bytes()));
    }

    /** Begins to send. If Jetty refuses that, the download is cut, as if it had failed later. */
    void begin() {
        try {
            out.setWriteListener(this);
        } catch (RuntimeException | Error e) {
            LOG.warn("download of {} cannot begin: {}", name, FailureText.of(e));
            cut();
        }
    }

    @Override
    public void onWritePossible() {
        downloads.readers().execute(this::work);
    }

    /** Called if the client is gone, or received nothing for too long. */
    @Override
    public void onError(Throwable failure) {
        LOG.debug("download of {} ended with {} bytes left: {}", name, left(), failure.toString());
        cut();
    }

    /** Ends the download and resets the connection. */
    void cut() {
        exchange.cut();
        end();
    }

    /** Sends what is read, and reads on, until there is no part to read now or the turn is over. */
    private void work() {
        try {
            enter();
            send();
            int turns = PARTS_PER_TURN;
            for (Optional<Part> part = take(); part.isPresent(); part = take()) {
                readOrCut(part.get());
                send();
                if (--turns == 0) {
                    downloads.readers().execute(this::work);
                    break;
                }
            }
            leave();
        } catch (IOException | RuntimeException e) {
            onError(e);
        }
    }

    private synchronized void enter() {
        threads++;
    }

    /** The last thread closes what need not be open while the client is slow. */
    private synchronized void leave() throws IOException {
        if (--threads == 0) {
            channel.rest();
        }
    }

    // Synchronized, since Jetty reports a failed write on another thread while this one may be about to send.
    private synchronized void send() throws IOException {
        while (!over.isDone() && !parts.isEmpty() && parts.element().read && out.isReady()) {
            ByteBuffer buffer = parts.element().buffer;
            if (buffer.hasRemaining()) {
                int bytes = buffer.remaining();
                out.write(buffer);
                downloads.sent(bytes);
            } else {
                free.add(parts.remove().buffer);
            }
        }
        if (!over.isDone() && parts.isEmpty() && next == to && out.isReady()) {
            end();
        }
    }

    /** The next part to read, if there is one now; if there is another one after it, another thread takes that. */
    private synchronized Optional<Part> take() {
        if (!canTake()) {
            return Optional.empty();
        }
        Part part = addPart();
        if (canTake()) {
            downloads.readers().execute(this::work);
        }
        return Optional.of(part);
    }

    private Part addPart() {
        ByteBuffer buffer = free.remove();
        Part part = new Part(next, buffer.clear().limit((int) Math.min(buffer.capacity(), to - next)));
        parts.add(part);
        next += buffer.remaining();
        return part;
    }

    private boolean canTake() {
        if (over.isDone() || next == to) {
            return false;
        }
        if (parts.isEmpty()) {
            return true;
        }
        if (parts.size() == PARTS || !channel.isScattered(next, Math.min(to, next + Buffers.LARGE))) {
            return false;
        }
        if (free.isEmpty()) {
            buffers.large().ifPresent(free::add);
        }
        return !free.isEmpty();
    }

    private void readFirst(ByteBuffer buffer) {
        free.add(buffer);
        try {
            Part first = addPart();
            read(first);
            first.read = true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("download of {} cannot begin: {}", name, FailureText.of(e));
            buffers.giveBack(buffer, true);
            throw new CartException.Failed("The files of the cart cannot be read: " + FailureText.of(e));
        }
    }

    private void readOrCut(Part part) {
        try {
            read(part);
        } catch (IOException | RuntimeException e) {
            breakOff(e);
        }
        readDone(part);
    }

    private synchronized void breakOff(Exception failure) {
        if (!over.isDone()) {
            LOG.warn("download of {} broken off with {} bytes left: {}", name, left(), FailureText.of(failure));
            cut();
        }
    }

    private void read(Part part) throws IOException {
        while (part.buffer.hasRemaining()) {
            if (channel.read(part.buffer, part.from + part.buffer.position()) < 0) {
                throw new EOFException("the tar ends too early");
            }
        }
        part.buffer.flip();
    }

    private synchronized void readDone(Part part) {
        if (over.isDone()) {
            buffers.giveBack(part.buffer, true);
        }
        part.read = true;
    }

    private synchronized long left() {
        return to - (parts.isEmpty() ? next : parts.element().from);
    }

    private synchronized void end() {
        if (over.isDone()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the tar of {} could not be closed: {}", name, FailureText.of(e));
        }
        long left = left();
        // Jetty may still send the first part; who reads one gives its buffer back.
        parts.stream().filter(part -> part.read).forEach(part -> buffers.giveBack(part.buffer, false));
        free.forEach(buffer -> buffers.giveBack(buffer, true));
        downloads.ended(this, left);
        over.complete(null);
    }
}
