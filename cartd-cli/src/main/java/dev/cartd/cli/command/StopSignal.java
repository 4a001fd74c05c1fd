package dev.cartd.cli.command;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * The signals that end this process (SIGTERM, SIGINT). The first one interrupts a thread, which cleans up and returns;
 * the second one ends the process at once. Java's own handler would exit with 143, which looks like a failure, and
 * would ignore a second signal.
 */
public final class StopSignal {
    private static final int FORCED = 130;

    private final AtomicBoolean received = new AtomicBoolean();

    private StopSignal() {}

    /** From now on a signal interrupts the thread that calls this. */
    public static StopSignal interruptingThisThread() {
        StopSignal stop = new StopSignal();
        Thread thread = Thread.currentThread();
        stop.handle("TERM", thread);
        stop.handle("INT", thread);
        return stop;
    }

    /** Whether a signal came. */
    public boolean received() {
        return received.get();
    }

    /** Waits until the thread is interrupted, by a signal or otherwise. */
    public void await() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            received.set(true);
        }
    }

    private void on(Thread thread) {
        if (received.getAndSet(true)) {
            Runtime.getRuntime().halt(FORCED);
        }
        thread.interrupt();
    }

    /**
     * Handles a signal by {@code sun.misc.Signal}, since Java has no public class for that. It is used by reflection:
     * the compiler warns of its name, and that warning cannot be turned off. Without that class, or with {@code -Xrs},
     * a signal ends the process at once.
     */
    private void handle(String signal, Thread thread) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        on(thread);
                        return null;
                    });
            type.getMethod("handle", type, handlerType)
                    .invoke(null, type.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(StopSignal.class).debug("SIG{} ends the process at once", signal, e);
        }
    }
}
