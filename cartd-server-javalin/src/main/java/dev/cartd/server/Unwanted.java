package dev.cartd.server;

import java.io.IOException;

/** Discards the body of a request that failed before it was read; at its end the failure is answered. */
record Unwanted(Exchange exchange, Throwable failure) implements BodyReader.Sink {
    @Override
    public int take(byte[] bytes, int length) {
        return length;
    }

    @Override
    public void end() throws IOException {
        exchange.fail(failure);
    }
}
