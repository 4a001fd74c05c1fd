package dev.cartd.simulation;

import dev.cartd.system.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** The timeline of one node of a {@link Machine}. */
final class NodeTime implements Timeline {
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Machine machine;
    private final Machine.Node node;

    NodeTime(Machine machine, Machine.Node node) {
        this.machine = machine;
        this.node = node;
    }

    @Override
    public Instant instant() {
        return machine.wall();
    }

    @Override
    public long nanos() {
        return machine.monotonic();
    }

    @Override
    public void run(Duration pause, Runnable work) {
        if (pause.isZero()) {
            machine.start(node, "request", work);
        } else {
            machine.startIn(pause, node, "request", work);
        }
    }

    @Override
    public ScheduledExecutorService threads(String name, int count) {
        return new Threads(name, count);
    }

    @Override
    public Condition condition(Lock lock) {
        return new Signal(lock);
    }

    /** A condition whose waits pass in virtual time. */
    private final class Signal implements Condition {
        private final Lock lock;
        private final Machine.Waiters waiters = machine.new Waiters();

        Signal(Lock lock) {
            this.lock = lock;
        }

        @Override
        public void await() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long awaitNanos(long nanos) throws InterruptedException {
            long before = machine.now();
            lock.unlock();
            try {
                waiters.await(nanos);
            } finally {
                lock.lock();
            }
            return nanos - (machine.now() - before);
        }

        @Override
        public boolean await(long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitUninterruptibly() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void signal() {
            waiters.wakeOne();
        }

        @Override
        public void signalAll() {
            waiters.wakeAll();
        }
    }

    /** As many strands as there is work, up to a number. */
    private final class Threads extends AbstractExecutorService implements ScheduledExecutorService {
        private final String name;
        private final int count;
        private final Deque<Runnable> queue = new ArrayDeque<>();
        private final Set<Thread> running = new LinkedHashSet<>();
        private final Machine.Waiters end = machine.new Waiters();
        private int strands;
        private boolean shutdown;
        private boolean now;

        Threads(String name, int count) {
            this.name = name;
            this.count = count;
        }

        @Override
        public void execute(Runnable work) {
            if (shutdown) {
                throw new RejectedExecutionException(name);
            }
            add(work);
        }

        private void add(Runnable work) {
            queue.add(work);
            if (strands < count) {
                strands++;
                machine.start(node, name, this::serve);
            }
        }

        private void serve() {
            Thread thread = Thread.currentThread();
            running.add(thread);
            try {
                for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
                    next.run();
                }
            } finally {
                Thread.interrupted();
                running.remove(thread);
                strands--;
                end.wakeAll();
            }
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            if (shutdown) {
                throw new RejectedExecutionException(name);
            }
            machine.at(machine.now() + unit.toNanos(delay), () -> {
                if (!now && !node.crashed) {
                    add(work);
                }
            });
            return new Unused();
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long first, long period, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long first, long delay, TimeUnit unit) {
            return schedule(
                    () -> {
                        work.run();
                        if (!shutdown) {
                            Future<?> unused = scheduleWithFixedDelay(work, delay, delay, unit);
                        }
                    },
                    first,
                    unit);
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            now = true;
            List<Runnable> rest = List.copyOf(queue);
            queue.clear();
            running.forEach(Thread::interrupt);
            return rest;
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown && strands == 0;
        }

        @Override
        public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
            long until = machine.now() + unit.toNanos(time);
            while (!isTerminated() && machine.now() < until) {
                end.await(until - machine.now());
            }
            return isTerminated();
        }
    }

    /** What nobody asks anything. */
    private static final class Unused implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isCancelled() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isDone() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object get(long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    }
}
