package dev.cartd.archive.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/**
 * Looks up the addresses of a host within a time limit. Each lookup has a thread of its own, since the system's lookup
 * has no limit and does not notice interrupts. Safe for use by many threads.
 *
 * @param system the lookup of the system
 * @param limit how long a lookup may take
 */
record Lookup(Dns system, Duration limit) implements Dns {
    /** @throws UnknownHostException if there is no such name, no answer in time, or the thread is interrupted */
    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        FutureTask<List<InetAddress>> task = new FutureTask<>(() -> system.lookup(host));
        Thread thread = new Thread(task, "cartd-lookup");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host + ": interrupted");
        } catch (TimeoutException e) {
            UnknownHostException late = new UnknownHostException(host);
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException unknown ? unknown : new UnknownHostException(host);
        }
    }
}
