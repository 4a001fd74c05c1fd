package dev.cartd.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs strands of work in virtual time. A strand is what a thread is to the core, and runs on a real thread, since the
 * core blocks; but only one runs at a time, and only where it waits or yields does another go on: which one, the seed
 * decides. When all wait, the time jumps to the next due moment. So one seed always gives one run.
 *
 * <p>A strand must hold no monitor and no lock when it waits or yields: another would wait for that in real time, and
 * the run would hang. {@link #run} fails then, with the stacks.
 */
final class Machine {
    /** Ends a strand whose run is over: no wait of the machine ends otherwise then. */
    static final class Ended extends Error {
        private static final long serialVersionUID = 1;

        Ended() {
            super("the run is over", null, false, false);
        }
    }

    /** The strands of one process: they end, or pause, together. */
    static final class Node {
        final String name;
        boolean crashed;
        boolean frozen;
        private final boolean onMachine;

        /** Strands of the world, which no trouble of the machine stops. */
        Node(String name) {
            this(name, false);
        }

        /** @param onMachine whether it is suspended with the machine */
        Node(String name, boolean onMachine) {
            this.name = name;
            this.onMachine = onMachine;
        }
    }

    private static final long MOST_SWITCHES = 5_000_000;

    private record Timer(long at, long order, Runnable fire) {
        static final Comparator<Timer> SOONEST =
                Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order);
    }

    final Random random;
    private final Carriers carriers;
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Timer.SOONEST);
    private final List<Strand> ready = new ArrayList<>();
    private final List<Strand> living = new ArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private @Nullable Strand current;
    private @Nullable Throwable failure;
    private long now;
    private long asleep;
    private long asleepSince = -1;
    private Duration skew = Duration.ZERO;
    private long order;
    private long switches;
    private boolean over;

    Machine(long seed, Carriers carriers) {
        this.random = new Random(seed);
        this.carriers = carriers;
    }

    /** The real threads; used by one machine at a time, and by the next one again. */
    static final class Carriers {
        private final Deque<Carrier> idle = new ArrayDeque<>();

        private synchronized Carrier take() {
            Carrier free = idle.poll();
            if (free == null) {
                free = new Carrier(this);
                free.start();
            }
            return free;
        }

        private synchronized void give(Carrier free) {
            idle.push(free);
        }

        /** Ends all threads. */
        synchronized void close() {
            idle.forEach(carrier -> {
                carrier.closed = true;
                carrier.go();
            });
            idle.clear();
        }
    }

    /** A real thread, which waits for its turn. */
    private static final class Carrier extends Thread {
        private final Carriers pool;
        private volatile boolean turn;
        private volatile boolean closed;
        private @Nullable Strand strand;

        Carrier(Carriers pool) {
            this.pool = pool;
            setDaemon(true);
        }

        void go() {
            turn = true;
            LockSupport.unpark(this);
        }

        void awaitTurn() {
            while (!turn) {
                LockSupport.park(this);
            }
            turn = false;
        }

        /** An interrupt reaches a strand when it runs next: the thread itself only waits for its turn until then. */
        @Override
        public void interrupt() {
            Strand own = strand;
            if (Thread.currentThread() == this) {
                super.interrupt();
            } else if (own != null) {
                own.interrupt();
            }
        }

        @Override
        public void run() {
            while (true) {
                awaitTurn();
                if (closed) {
                    return;
                }
                Strand next = strand;
                while (next != null) {
                    strand = next;
                    setName("sim-" + next);
                    next = next.runOn(this);
                }
            }
        }
    }

    /** One thread of the simulated world. */
    final class Strand {
        final Node node;
        final String name;
        private final Runnable work;
        private @Nullable Carrier carrier;
        private boolean isReady;
        private boolean interruptible;
        private boolean interrupted;
        private boolean timedOut;
        private long wait;

        private Strand(Node node, String name, Runnable work) {
            this.node = node;
            this.name = name;
            this.work = work;
        }

        private void interrupt() {
            interrupted = true;
            if (interruptible) {
                makeReady(this);
            }
        }

        /** Runs to the end, and returns the strand that this thread goes on with; null if another thread goes on. */
        private @Nullable Strand runOn(Carrier on) {
            carrier = on;
            current = this;
            try {
                if (!over && !node.crashed) {
                    work.run();
                }
            } catch (Ended e) {
                // As it has to.
            } catch (Throwable e) {
                fail(e);
            }
            Thread.interrupted();
            living.remove(this);
            on.strand = null;
            Strand next = pick();
            Carrier other = next == null ? null : next.carrier;
            if (next != null && other == null) {
                return next;
            }
            on.pool.give(on);
            if (other == null) {
                finish();
            } else {
                other.go();
            }
            return null;
        }

        @Override
        public String toString() {
            return node.name + "/" + name;
        }
    }

    /** Strands that wait until another wakes them. */
    final class Waiters {
        private final List<Strand> waiting = new ArrayList<>();

        /** Waits to be woken, but no longer than so many nanoseconds; returns whether it was woken in time. */
        boolean await(long nanos) throws InterruptedException {
            Strand me = current();
            waiting.add(me);
            try {
                block(nanos, true);
            } finally {
                waiting.remove(me);
            }
            return !me.timedOut;
        }

        void wakeOne() {
            if (!waiting.isEmpty()) {
                makeReady(waiting.remove(0));
            }
        }

        void wakeAll() {
            while (!waiting.isEmpty()) {
                wakeOne();
            }
        }
    }

    /** Runs this and all that it starts until it ends; then ends everything else. */
    void run(Node node, Runnable root) throws Throwable {
        start(node, "root", () -> {
            try {
                root.run();
            } catch (Throwable e) {
                fail(e);
            }
            over = true;
        });
        Carrier first = carriers.take();
        Strand next = pick();
        first.strand = next;
        first.go();
        try {
            end.get(100, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs: " + stacks(), e);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private String stacks() {
        StringBuilder text = new StringBuilder();
        for (Strand strand : List.copyOf(living)) {
            if (strand.carrier != null) {
                text.append('\n').append(strand).append(strand == current ? " (it runs)" : "");
                for (StackTraceElement frame : strand.carrier.getStackTrace()) {
                    text.append("\n    ").append(frame);
                }
            }
        }
        return text.toString();
    }

    private void finish() {
        end.complete(null);
    }

    /** Ends the run with this failure, unless it has failed before. */
    void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
        over = true;
    }

    boolean isOver() {
        return over;
    }

    long now() {
        return now;
    }

    /** Whether this is a strand, and not a thread that the core has beside its timeline. */
    boolean isStrand() {
        return Thread.currentThread() instanceof Carrier;
    }

    /** What the wall clock shows; nodes that are on the machine share it. */
    Instant wall() {
        return NodeTime.BEGIN.plusNanos(now).plus(skew);
    }

    /** Sets the wall clock, by so much; forward or back. */
    void setClock(Duration by) {
        skew = skew.plus(by);
    }

    /** What the monotonic clock shows, which stands still while the machine is suspended. */
    long monotonic() {
        return (asleepSince < 0 ? now : asleepSince) - asleep;
    }

    /** From now on no node that is on the machine runs, until {@link #resume}. */
    void suspend() {
        asleepSince = asleepSince < 0 ? now : asleepSince;
    }

    boolean isSuspended() {
        return asleepSince >= 0;
    }

    void resume() {
        if (asleepSince >= 0) {
            asleep += now - asleepSince;
            asleepSince = -1;
        }
    }

    Strand current() {
        return Objects.requireNonNull(current);
    }

    /** Starts a strand now. */
    void start(Node node, String name, Runnable work) {
        Strand strand = new Strand(node, name, work);
        living.add(strand);
        makeReady(strand);
    }

    /** Does this at that moment, on any strand: it must not wait. */
    void at(long moment, Runnable work) {
        timers.add(new Timer(Math.max(now, moment), ++order, work));
    }

    /** Starts a strand later, unless its node has crashed by then. */
    void startIn(Duration pause, Node node, String name, Runnable work) {
        at(now + pause.toNanos(), () -> {
            if (!node.crashed) {
                start(node, name, work);
            }
        });
    }

    /** Lets other strands run, if the seed wants it so. */
    void letOthersRun() {
        check();
        makeReady(current());
        switchAway();
    }

    /** Lets so much time pass for this strand, whatever happens. */
    void sleep(Duration time) {
        try {
            block(time.toNanos(), false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets so much time pass for this strand, unless it is interrupted. */
    void pause(Duration time) throws InterruptedException {
        block(time.toNanos(), true);
    }

    /** Does not return if this strand's node has crashed, and fails if the run is over. */
    void check() {
        if (!over && current().node.crashed) {
            switchAway(); // To be ended with the run: the core would log a failure before.
        }
        if (over) {
            throw new Ended();
        }
    }

    private void block(long nanos, boolean interruptible) throws InterruptedException {
        check();
        Strand me = current();
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        long wait = ++me.wait;
        me.interruptible = interruptible;
        me.timedOut = false;
        if (nanos < Long.MAX_VALUE - now) {
            at(now + Math.max(0, nanos), () -> {
                if (me.wait == wait && !me.isReady) {
                    me.timedOut = true;
                    makeReady(me);
                }
            });
        }
        try {
            switchAway();
        } finally {
            me.wait++;
            me.interruptible = false;
        }
        if (me.interrupted) {
            me.interrupted = false;
            if (interruptible) {
                throw new InterruptedException();
            }
            Thread.currentThread().interrupt();
        }
    }

    private void makeReady(Strand strand) {
        if (!strand.isReady) {
            strand.isReady = true;
            ready.add(strand);
        }
    }

    /** Has another strand go on, and returns when it is the turn of this one again. */
    private void switchAway() {
        Strand me = current();
        boolean interrupted = Thread.interrupted();
        Strand next = pick();
        if (next == null) {
            throw new AssertionError("everything waits, and for nothing");
        }
        if (next != me) {
            Carrier own = Objects.requireNonNull(me.carrier);
            if (next.carrier == null) {
                Carrier other = carriers.take();
                other.strand = next;
                other.go();
            } else {
                next.carrier.go();
            }
            own.awaitTurn();
        }
        current = me;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        check();
    }

    /** The strand that runs next; null if there is none left. */
    private @Nullable Strand pick() {
        if (++switches > MOST_SWITCHES && !over) {
            fail(new AssertionError("it comes to no end"));
        }
        while (!over) {
            Strand next = takeReady();
            if (next != null) {
                return next;
            }
            Timer timer = timers.poll();
            if (timer == null) {
                fail(new AssertionError("everything waits, and for nothing"));
                break;
            }
            now = timer.at;
            timer.fire.run();
        }
        while (!living.isEmpty()) {
            Strand next = living.get(living.size() - 1);
            if (next.carrier != null) {
                return next;
            }
            living.remove(living.size() - 1);
        }
        return null;
    }

    private @Nullable Strand takeReady() {
        int from = ready.size() < 2 ? 0 : random.nextInt(ready.size());
        for (int i = 0; i < ready.size(); i++) {
            int at = (from + i) % ready.size();
            Strand next = ready.get(at);
            if (next.node.crashed) {
                ready.remove(at);
                return takeReady();
            }
            if (!next.node.frozen && !(next.node.onMachine && isSuspended())) {
                ready.remove(at);
                next.isReady = false;
                return next;
            }
        }
        return null;
    }
}
