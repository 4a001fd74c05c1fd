package dev.cartd.server.view;

import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks, on one thread of its own, what may hang, and waits no longer than a given time. For one thread at a time. */
final class Soon<T> {
    private final Duration longest;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Timeline.daemons("cartd-room", false));

    /** The last question if it was not answered in time. */
    private @Nullable Future<Optional<T>> hanging;

    /** Waits for no answer longer than this. */
    Soon(Duration longest) {
        this.longest = longest;
        thread.allowCoreThreadTimeOut(true);
    }

    /** The answer; empty if there is none in time, or none yet to an earlier question. Throws what the question does. */
    Optional<T> ask(Supplier<Optional<T>> question) {
        Future<Optional<T>> before = hanging;
        if (before != null && !before.isDone()) {
            return Optional.empty();
        }
        Future<Optional<T>> asked = thread.submit(question::get);
        try {
            return asked.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            hanging = asked;
            return Optional.empty();
        } catch (InterruptedException e) {
            hanging = asked;
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
