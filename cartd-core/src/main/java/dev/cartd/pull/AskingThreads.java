package dev.cartd.pull;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** The threads that wait for answers to requests of one round, all of which can be interrupted. Thread-safe. */
final class AskingThreads {
    private final Set<Thread> asking = new LinkedHashSet<>();
    private boolean interrupted;

    /**
     * Calls {@code request} on this thread; {@link #interrupt} interrupts it meanwhile. Returns {@code otherwise}
     * without a call if that was called before. The thread is not interrupted any more when this returns.
     */
    <T> T ask(Supplier<T> request, T otherwise) {
        synchronized (asking) {
            if (interrupted) {
                return otherwise;
            }
            asking.add(Thread.currentThread());
        }
        try {
            return request.get();
        } finally {
            synchronized (asking) {
                asking.remove(Thread.currentThread());
                if (interrupted) {
                    Thread.interrupted();
                }
            }
        }
    }

    /** Interrupts the threads that wait now; later requests are not sent. */
    void interrupt() {
        synchronized (asking) {
            interrupted = true;
            asking.forEach(Thread::interrupt);
        }
    }
}
