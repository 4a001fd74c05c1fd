package dev.cartd.server.download;

import dev.cartd.cart.CartException;
import dev.cartd.cart.FailureText;
import dev.cartd.server.http.Exchange;
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
 * A running download. It takes turns on the threads of {@link Downloads}: it reads a buffer and passes it to Jetty. If
 * the client is slower than the disk, it leaves the thread until Jetty can take more.
 *
 * <p>If reading or sending fails, the channel is closed and the connection is reset, so that no client takes a part for
 * the whole.
 */
final class Download implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    /** The number of buffers that one download sends before another one gets the thread. */
    private static final int BUFFERS_PER_TURN = 16;

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
        downloads.readers().execute(this::send);
    }

    /** Called if the client is gone, or received nothing for too long. */
    @Override
    public void onError(Throwable failure) {
        LOG.debug("download of {} ended with {} bytes left: {}", name, left, failure.toString());
        cut();
    }

    /** Ends the download and resets the connection. */
    void cut() {
        exchange.cut();
        end(false);
    }

    // Synchronized, since Jetty reports a failed write on another thread while this one may be about to read.
    private synchronized void send() {
        try {
            int turns = BUFFERS_PER_TURN;
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
