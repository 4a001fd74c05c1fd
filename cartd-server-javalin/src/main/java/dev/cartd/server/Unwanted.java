package dev.cartd.server;

import java.io.IOException;

/** Where the body of a request goes that failed before it was read: nowhere, and after it the failure is answered. */
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
