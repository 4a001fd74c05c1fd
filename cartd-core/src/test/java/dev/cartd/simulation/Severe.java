package dev.cartd.simulation;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** What the core logs during a run goes into the trace; what it calls an error fails the run. */
final class Severe extends Handler {
    private static final Logger LOGGER = Logger.getLogger("dev.cartd");
    private static final Severe ONLY = new Severe();
    private volatile @Nullable Machine machine;
    private volatile @Nullable Trace trace;

    private Severe() {}

    static synchronized void install() {
        if (LOGGER.getUseParentHandlers()) {
            LOGGER.setUseParentHandlers(false);
            LOGGER.addHandler(ONLY);
        }
    }

    static void into(@Nullable Machine machine, @Nullable Trace trace) {
        ONLY.machine = machine;
        ONLY.trace = trace;
    }

    @Override
    public void publish(LogRecord line) {
        Machine at = machine;
        Trace to = trace;
        if (!Thread.currentThread().getName().startsWith("sim-") || at == null || to == null) {
            for (Handler other : Logger.getLogger("").getHandlers()) {
                other.publish(line);
            }
        } else if (!at.isOver()) {
            if (to.isRead()) {
                to.print(new SimpleFormatter().formatMessage(line));
            }
            if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
                at.fail(new AssertionError("the core logs: " + line.getMessage(), line.getThrown()));
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
