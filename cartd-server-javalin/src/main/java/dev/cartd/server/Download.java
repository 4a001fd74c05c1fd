package dev.cartd.server;

import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import jakarta.servlet.WriteListener;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One download under way. It takes turns on the threads of {@link Downloads}: reads a buffer, hands it to Jetty, and
 * leaves the thread when the client is slower than the disk, to be called again once that has taken it.
 *
 * <p>A failure of either side closes the channel and breaks off the connection, so that no client takes a part for the
 * whole.
 */
final class Download implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    /** How many buffers one download may send before others get the thread. */
    private static final int TURN = 16;

    private final String name;
    private final ReadableByteChannel channel;
    private final HttpOutput out;
    private final Downloads downloads;
    private final Exchange exchange;
    private final ByteBuffer buffer;
    private final CompletableFuture<Void> over;
    private long left;

    Download(
            String name,
            ReadableByteChannel channel,
            long bytes,
            Exchange exchange,
            Downloads downloads,
            CompletableFuture<Void> over)
            throws IOException {
        this.name = name;
        this.channel = channel;
        this.left = bytes;
        this.exchange = exchange;
        this.out = (HttpOutput) exchange.response().getOutputStream();
        this.downloads = downloads;
        this.over = over;
        this.buffer = downloads.buffer(bytes);
        fillFirst();
    }

    void begin() {
        out.setWriteListener(this);
    }

    @Override
    public void onWritePossible() {
        downloads.readers().execute(this::send);
    }

    /** The client is gone, or took nothing for too long. */
    @Override
    public void onError(Throwable failure) {
        LOG.debug("download of {} ended with {} bytes left: {}", name, left, failure.toString());
        cut();
    }

    /** Breaks it off. */
    void cut() {
        exchange.cut();
        end(false);
    }

    // A write that failed is told by another thread while this one may still be about to read: hence the lock.
    private synchronized void send() {
        try {
            int turns = TURN;
            while (!over.isDone() && out.isReady()) {
                if (buffer.hasRemaining()) {
                    out.write(buffer);
                } else if (left == 0) {
                    end(true);
                } else if (turns-- == 0) {
                    downloads.readers().execute(this::send);
                    return;
                } else {
                    fillOrCut();
                }
            }
        } catch (IOException | RuntimeException e) {
            onError(e);
        }
    }

    private void fillFirst() {
        try {
            fill();
        } catch (IOException | RuntimeException e) {
            LOG.warn("download of {} cannot begin: {}", name, FailureText.of(e));
            downloads.giveBack(buffer, true);
            throw new CartException.Failed("The files of the cart cannot be read: " + FailureText.of(e));
        }
    }

    private void fillOrCut() {
        try {
            fill();
        } catch (IOException | RuntimeException e) {
            LOG.warn("download of {} broken off with {} bytes left: {}", name, left, FailureText.of(e));
            cut();
        }
    }

    private void fill() throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the tar ends too early");
            }
        }
        buffer.flip();
        left -= buffer.remaining();
    }

    private synchronized void end(boolean well) {
        if (over.isDone()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the tar of {} could not be closed: {}", name, FailureText.of(e));
        }
        downloads.giveBack(buffer, well);
        downloads.ended(this);
        over.complete(null);
    }
}
