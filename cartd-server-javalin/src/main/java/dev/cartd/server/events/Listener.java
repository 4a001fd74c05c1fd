package dev.cartd.server.events;

import dev.cartd.server.http.Exchange;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that hears of a cart. It has no thread: whoever has an event for it writes as much as its connection takes
 * now. A client that is slower than events come gets the latest one only.
 */
final class Listener implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** Tells browsers to wait for two seconds before they come again. */
    private static final byte[] BEGIN = "retry: 2000\n\n".getBytes(StandardCharsets.UTF_8);

    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final Exchange exchange;
    private final HttpOutput out;
    private final Consumer<Listener> ended;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private String seen;
    private Optional<Event> next = Optional.empty();
    private ByteBuffer writing = ByteBuffer.wrap(BEGIN);
    private boolean flushes = true;
    private boolean begun;
    private boolean ends;
    private int quiet;

    /**
     * @param seen the id of the last event that the client has seen; empty for none
     * @param ended is called once, when the client is gone or heard all
     */
    Listener(Exchange exchange, String seen, Consumer<Listener> ended) throws IOException {
        this.exchange = exchange;
        this.out = (HttpOutput) exchange.response().getOutputStream();
        this.seen = seen;
        this.ended = ended;
    }

    /** Completes when the response has ended. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** Begins to send. */
    void begin() {
        try {
            out.setWriteListener(this);
        } catch (RuntimeException | Error e) {
            cut(e);
        }
    }

    /** Tells the client this, unless it has seen it. The last event ends the response. */
    synchronized void hear(Event event) {
        ends |= event.isLast();
        if (!event.id().equals(seen)) {
            seen = event.id();
            next = Optional.of(event);
        }
        work();
    }

    /** Sends a line without a meaning if nothing was sent in the last {@code most} calls of this method. */
    synchronized void keepAlive(int most) {
        if (++quiet >= most && begun && !writing.hasRemaining() && next.isEmpty()) {
            write(ByteBuffer.wrap(HEARTBEAT));
            work();
        }
    }

    /** Ends the response after what is to be sent already. */
    synchronized void end() {
        ends = true;
        work();
    }

    @Override
    public synchronized void onWritePossible() {
        begun = true;
        work();
    }

    /** Called if the client is gone, or received nothing for too long. */
    @Override
    public void onError(Throwable failure) {
        cut(failure);
    }

    private void write(ByteBuffer bytes) {
        writing = bytes;
        flushes = true;
        quiet = 0;
    }

    /** Never waits for the client. */
    private void work() {
        try {
            while (begun && !over.isDone() && out.isReady() && step()) {
                // Each step writes something.
            }
        } catch (IOException | RuntimeException e) {
            cut(e);
        }
    }

    private boolean step() throws IOException {
        if (writing.hasRemaining()) {
            out.write(writing);
        } else if (next.isPresent()) {
            write(next.get().bytes());
            next = Optional.empty();
        } else if (flushes) {
            flushes = false;
            out.flush();
        } else if (ends) {
            finish();
        } else {
            return false;
        }
        return true;
    }

    /** Ends the response at once, and resets the connection. */
    void cut(Throwable why) {
        LOG.debug("a listener is gone: {}", why.toString());
        exchange.cut();
        finish();
    }

    private void finish() {
        if (over.complete(null)) {
            ended.accept(this);
        }
    }
}
