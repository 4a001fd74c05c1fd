package dev.cartd.server.request;

import dev.cartd.server.http.Exchange;
import java.io.IOException;

/**
 * Discards the body of a request that failed before it was read; at its end the failure is answered.
 *
 * @param exchange the request
 * @param failure why it failed
 */
public record DiscardedBody(Exchange exchange, Throwable failure) implements BodyReader.Sink {
    @Override
    public int take(byte[] bytes, int length) {
        return length;
    }

    @Override
    public void end() throws IOException {
        exchange.fail(failure);
    }
}
