package dev.cartd.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A timeline whose time passes only when a test steps it. Work runs on threads of its own, so that it may wait at the
 * {@linkplain #pass gate}, but never while the test goes on: each call of the test returns when all work that is due
 * has ended or waits at the gate. So "nothing happens" is a fact that needs no waiting.
 */
public final class SteppedTimeline implements Timeline {
    private final PriorityQueue<Task> later =
            new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
    private final Deque<CompletableFuture<Void>> atTheGate = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    });
    private Duration now = Duration.ZERO;
    private Duration ahead = Duration.ZERO;
    private long tasks;
    private int permits;
    private int busy;

    private record Task(Duration at, long number, Runnable work) {}

    /** A timeline that begins in 1970, with a closed gate. */
    public SteppedTimeline() {}

    @Override
    public synchronized Instant instant() {
        return Instant.EPOCH.plus(now).plus(ahead);
    }

    @Override
    public synchronized long nanos() {
        return now.toNanos();
    }

    @Override
    public synchronized void run(Duration pause, Runnable work) {
        if (pause.isZero()) {
            start(work);
        } else {
            later.add(new Task(now.plus(pause), ++tasks, work));
        }
    }

    /** None: what runs on this timeline needs no others than those of {@link #run}. */
    @Override
    public ScheduledExecutorService threads(String name, int count) {
        throw new UnsupportedOperationException(name);
    }

    /** One that nobody waits for: time only passes here while nothing runs. */
    @Override
    public Condition condition(Lock lock) {
        return lock.newCondition();
    }

    private synchronized void start(Runnable work) {
        busy++;
        threads.execute(() -> {
            try {
                work.run();
            } finally {
                ended();
            }
        });
    }

    private synchronized void ended() {
        busy--;
        notifyAll();
    }

    /** Waits at the gate, on a thread of this timeline, until the test lets it pass. */
    public void pass() {
        CompletableFuture<Void> opened = new CompletableFuture<>();
        synchronized (this) {
            if (permits > 0) {
                permits--;
                return;
            }
            atTheGate.add(opened);
            ended();
        }
        opened.join();
    }

    /** Lets so many pass the gate, those who wait there first. */
    public synchronized void open(int count) {
        permits += count;
        while (permits > 0 && !atTheGate.isEmpty()) {
            permits--;
            busy++;
            atTheGate.remove().complete(null);
        }
        settle();
    }

    /** Waits until all work that is due has ended or is at the gate. */
    public synchronized void settle() {
        try {
            while (busy > 0) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has this time pass, and runs what is due meanwhile, one after the other. */
    public synchronized void step(Duration time) {
        Duration until = now.plus(time);
        settle();
        while (!later.isEmpty() && later.element().at().compareTo(until) <= 0) {
            Task task = later.remove();
            now = task.at();
            start(task.work());
            settle();
        }
        now = until;
    }

    /** Has the machine sleep for this time: the wall clock goes on, and nothing else. */
    public synchronized void sleep(Duration time) {
        ahead = ahead.plus(time);
    }

    /** Sets the wall clock back by this time. */
    public synchronized void setBack(Duration time) {
        ahead = ahead.minus(time);
    }
}
