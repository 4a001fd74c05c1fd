package dev.cartd.server.download;

import dev.cartd.cart.FailureText;
import dev.cartd.server.http.Exchange;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with a text that is made piece by piece while it is sent, so that a text of any length takes little memory. A
 * client that accepts gzip gets it compressed. It takes a place and the threads of {@link Downloads}, and no thread
 * while the client is slow.
 */
public final class TextSender {
    private static final Logger LOG = LoggerFactory.getLogger(TextSender.class);

    private final Downloads downloads;

    /** A text in pieces. For one thread at a time. */
    @FunctionalInterface
    public interface Pieces {
        /**
         * Makes the next piece, which should be short; empty at the end of the text.
         *
         * @throws IOException if the text cannot be completed
         */
        Optional<String> next() throws IOException;

        /** A text in one piece, which is made when it is to be sent. */
        static Pieces once(Supplier<String> text) {
            Iterator<Supplier<String>> all = List.of(text).iterator();
            return () -> all.hasNext() ? Optional.of(all.next().get()) : Optional.empty();
        }
    }

    /** Sends texts as {@code downloads}. */
    public TextSender(Downloads downloads) {
        this.downloads = downloads;
    }

    /**
     * Answers the request on other threads; the future completes when the response has ended. If a piece cannot be made
     * after the first one, the connection is reset. The response to HEAD has no body.
     *
     * @param name the name of the text in the log
     * @param opener sets the headers of the response and begins the text, or throws the failure that is the answer
     */
    public CompletableFuture<Void> start(Exchange exchange, String name, Supplier<Pieces> opener) {
        return downloads.answer(exchange, over -> new Text(exchange, name, opener, over).begin());
    }

    /** A text that is being sent. */
    private final class Text implements WriteListener {
        private final Exchange exchange;
        private final String name;
        private final Supplier<Pieces> opener;
        private final CompletableFuture<Void> over;
        private final HttpOutput out;
        private final Runnable cut = this::cut;
        private final Optional<GzipText> gzip;
        private Pieces pieces = Optional::empty;
        private Optional<ByteBuffer> piece = Optional.empty();

        Text(Exchange exchange, String name, Supplier<Pieces> opener, CompletableFuture<Void> over) throws IOException {
            this.exchange = exchange;
            this.name = name;
            this.opener = opener;
            this.over = over;
            // Asked at once, since Jetty may discard the request if the client goes.
            this.gzip = GzipText.isAccepted(exchange.request()) ? Optional.of(new GzipText()) : Optional.empty();
            this.out = (HttpOutput) exchange.response().getOutputStream();
        }

        void begin() throws IOException {
            downloads.enter(cut);
            boolean begun = false;
            try {
                pieces = opener.get();
                exchange.response().addHeader("Vary", "Accept-Encoding");
                if (gzip.isPresent()) {
                    exchange.response().setHeader("Content-Encoding", "gzip");
                }
                if (exchange.method().equals("HEAD")) {
                    exchange.response().flushBuffer();
                } else {
                    // Made before anything is sent, so that a failure is still answered with a message.
                    piece = nextPiece();
                    begun = true;
                }
            } finally {
                if (!begun) {
                    downloads.leave(cut);
                }
            }
            if (begun) {
                listen();
            } else {
                over.complete(null);
            }
        }

        private void listen() {
            try {
                out.setWriteListener(this);
            } catch (RuntimeException | Error e) {
                LOG.warn("{} cannot begin: {}", name, FailureText.of(e));
                cut();
            }
        }

        private Optional<ByteBuffer> nextPiece() throws IOException {
            Optional<byte[]> text = pieces.next().map(next -> next.getBytes(StandardCharsets.UTF_8));
            return (gzip.isPresent() ? gzip.get().next(text) : text).map(ByteBuffer::wrap);
        }

        @Override
        public void onWritePossible() {
            downloads.readers().execute(this::work);
        }

        private synchronized void work() {
            try {
                while (!over.isDone() && out.isReady()) {
                    if (piece.isEmpty()) {
                        end();
                    } else if (piece.get().hasRemaining()) {
                        out.write(piece.get());
                    } else {
                        piece = nextPiece();
                    }
                }
            } catch (EofException e) {
                onError(e); // The client is gone, which is noticed while something is written to it.
            } catch (IOException | RuntimeException e) {
                LOG.warn("{} broken off: {}", name, FailureText.of(e));
                cut();
            }
        }

        /** Called if the client is gone, or received nothing for too long. */
        @Override
        public void onError(Throwable failure) {
            LOG.debug("{} ended too early: {}", name, failure.toString());
            cut();
        }

        private void cut() {
            exchange.cut();
            end();
        }

        private void end() {
            downloads.leave(cut);
            over.complete(null);
        }
    }
}
