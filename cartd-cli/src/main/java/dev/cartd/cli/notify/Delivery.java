package dev.cartd.cli.notify;

import dev.cartd.spi.Notice;
import java.io.IOException;

/** A way by which notices reach a receiver. Safe for use by many threads. */
@FunctionalInterface
interface Delivery {
    /**
     * Delivers a notice, in bounded time.
     *
     * @param event the notice as JSON
     * @throws IOException if it may not have arrived; the message says why, in one line without secrets
     * @throws InterruptedException if the thread is interrupted
     */
    void send(Notice notice, String event) throws IOException, InterruptedException;
}
