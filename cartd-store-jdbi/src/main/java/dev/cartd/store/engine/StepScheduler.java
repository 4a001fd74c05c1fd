package dev.cartd.store.engine;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Outage;
import dev.cartd.spi.Scheduler;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.Nodes;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine, on db-scheduler. Each cart that has something to do has one instance of one task, named by the cart's id,
 * without data. db-scheduler leases the instances and revives those of dead processes; {@link StepTable} wakes and ends
 * them. Times come from a {@link SteadyClock}, and {@link DeadSteps} decides whether a process is dead.
 *
 * <p>Threads: one that polls for due instances, three for db-scheduler's housekeeping, one for the sweep and the
 * heartbeats, one that stores wakes, and one for each running step. Safe for use by many threads.
 */
public final class StepScheduler implements Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(StepScheduler.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration POLL_AMONG_MACHINES = Duration.ofMillis(250);

    /** How long the background work of the engine may take. */
    private static final Duration LATE = Duration.ofSeconds(30);

    /** A process that runs this many steps leaves others to other processes: more of them are no faster. */
    static final int ENOUGH = 2 * Runtime.getRuntime().availableProcessors();

    /** For how long it leaves a step that is due. */
    static final Duration LEFT = Duration.ofSeconds(1);

    private static final Duration SWEEP = Duration.ofSeconds(30);
    /** How long db-scheduler waits for running steps when it stops; then it interrupts them and waits as long again. */
    private static final Duration STOP_WAIT = Duration.ofSeconds(14);

    /** How long {@link #close} waits for wakes that are not stored yet. */
    private static final Duration WAKES_WAIT = Duration.ofSeconds(2);

    /** The resolution of the table. An instance that is due 1 ms from now comes after all that are due now. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Duration RETRY_OVERLAP = Duration.ofSeconds(1);

    private final Connections connections;
    private final Nodes nodes;
    private final int parallelCarts;
    private final Duration heartbeat;
    private final Duration left;
    private final Duration stopWait;
    private final SteadyClock clock;
    private final Attempts attempts;
    private final DeadSteps deadSteps;
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService sweeper =
            Executors.newSingleThreadScheduledExecutor(Timeline.daemons("cartd-sweep", false));
    private final ExecutorService waker = Executors.newSingleThreadExecutor(Timeline.daemons("cartd-wake", false));

    /** Carts that were woken, but whose wakes are not stored yet. */
    private final Set<Long> woken = ConcurrentHashMap.newKeySet();

    private volatile com.github.kagkarlsson.scheduler.@Nullable Scheduler engine;

    /** The steps that were picked and have not ended; 0 where the dialect does not count them. */
    private final AtomicInteger picked = new AtomicInteger();

    private boolean paused;

    /** When this process last looked after the engine. */
    private volatile Instant looked = Instant.MAX;

    /**
     * An engine that is not started yet.
     *
     * @param nodes the name of this process, and who died; closed with the engine, once no step runs any more
     * @param parallelCarts the number of steps that run at the same time
     * @param heartbeat the interval between two heartbeats of this process
     */
    public StepScheduler(Connections connections, Nodes nodes, int parallelCarts, Duration heartbeat) {
        this(connections, nodes, parallelCarts, heartbeat, LEFT, STOP_WAIT, InstantSource.system());
    }

    StepScheduler(
            Connections connections,
            Nodes nodes,
            int parallelCarts,
            Duration heartbeat,
            Duration left,
            Duration stopWait,
            InstantSource wall) {
        this.clock = new SteadyClock(wall);
        this.connections = connections;
        this.nodes = nodes;
        this.parallelCarts = parallelCarts;
        this.heartbeat = heartbeat;
        this.left = left;
        this.stopWait = stopWait;
        this.attempts = new Attempts(connections, LOG);
        this.deadSteps = new DeadSteps(attempts, nodes, clock);
    }

    /** How long after its last heartbeat a process is taken to be alive. */
    public static Duration lease(Duration heartbeat) {
        return heartbeat.multipliedBy(Heartbeats.MISSED);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the scheduler was started before
     */
    @Override
    public synchronized void start(Step step) {
        if (engine != null) {
            throw new IllegalStateException("the scheduler was started before");
        }
        com.github.kagkarlsson.scheduler.Scheduler built = build(step);
        // Done first, so that nothing that starts now is taken for the work of a dead process.
        freeDead(true);
        logUnfinished();
        engine = built;
        apply(paused);
        built.start();
        looked = clock.now();
        sweeper.execute(this::sweep);
        every(SWEEP, this::sweep);
        every(heartbeat, this::lookAtHeartbeats);
    }

    private void every(Duration period, Runnable work) {
        long millis = period.toMillis();
        Future<?> unused = sweeper.scheduleWithFixedDelay(work, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void pause() {
        apply(true);
    }

    @Override
    public synchronized void resume() {
        apply(false);
        pollNow();
    }

    /** Stops or continues polling. The heartbeats of running steps continue in any case. */
    private void apply(boolean pause) {
        paused = pause;
        com.github.kagkarlsson.scheduler.Scheduler built = engine;
        if (built != null && pause) {
            built.pause();
        } else if (built != null) {
            built.resume();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Once the scheduler is started, a thread of its own stores the wakes, so that no caller waits; wakes that come
     * while it stores others are stored together. If the process dies before, the next sweep finds the carts that have
     * no instance; the other carts sleep no longer than without the wake.
     */
    @Override
    public void wake(long cartId) {
        boolean isNew = woken.add(cartId);
        if (engine == null) {
            storeWakes();
        } else if (isNew) { // Otherwise they are about to be stored: the queue is no longer than the set.
            try {
                waker.execute(this::storeWakes);
            } catch (RejectedExecutionException e) {
                storeWakes(); // The scheduler is closed.
            }
        }
    }

    private void storeWakes() {
        // In order, so that two processes that wake the same carts do not wait for each other.
        List<Long> carts = woken.stream().sorted().toList();
        // Removed first: what is woken again from now on is stored again.
        carts.forEach(woken::remove);
        if (!carts.isEmpty()) {
            attempts.run(
                    "cart " + carts.get(0)
                            + (carts.size() == 1 ? " was" : " and " + (carts.size() - 1) + " more were")
                            + " not woken, this is made up for within half a minute",
                    handle -> StepTable.wake(handle, carts, clock.now()));
            pollNow();
        }
    }

    @Override
    public synchronized void close() {
        apply(true); // So that no step begins while the wakes are stored.
        awaitWakes();
        sweeper.shutdown();
        com.github.kagkarlsson.scheduler.Scheduler started = engine;
        if (started != null && !started.getSchedulerState().isShuttingDown()) {
            started.stop();
        }
        if (running.isEmpty()) {
            nodes.close();
        } // Otherwise the lock ends with the process, and with it its steps.
    }

    /** Waits a bounded time for the wakes that are not stored yet. */
    private void awaitWakes() {
        waker.shutdown();
        try {
            if (!waker.awaitTermination(WAKES_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("carts that were woken last are woken within half a minute after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private com.github.kagkarlsson.scheduler.Scheduler build(Step step) {
        CustomTask<Void> task = Tasks.custom(StepTable.TASK, Void.class)
                .onDeadExecution(deadSteps::reviveIfDead)
                .onFailure(StepScheduler::logNotEnded)
                .execute((instance, context) -> {
                    try {
                        run(step, Long.parseLong(instance.getId()), context);
                    } finally {
                        picked.updateAndGet(count -> Math.max(0, count - 1));
                    }
                    return ended();
                });
        return com.github.kagkarlsson.scheduler.Scheduler.create(connections.writers(), task)
                .clock(clock)
                .tableName(StepTable.NAME)
                .jdbcCustomization(connections.dialect().steps(new Picks()))
                // Fetches as many instances as there are free threads, as soon as one is free: an instance that is
                // fetched beyond that could not be run by another process.
                .pollUsingLockAndFetch(0.99, 1.0)
                .schedulerName(new SchedulerName.Fixed(nodes.own()))
                .threads(parallelCarts)
                .pollingInterval(connections.dialect().nodeLocks().isPresent() ? POLL : POLL_AMONG_MACHINES)
                .heartbeatInterval(heartbeat)
                .missedHeartbeatsLimit(Heartbeats.MISSED)
                .shutdownMaxWait(stopWait)
                .failureLogging(LogLevel.WARN, false)
                .build();
    }

    /** Whether no other process used the database when this one looked last, at its last heartbeat. */
    boolean isAlone() {
        return deadSteps.isAlone();
    }

    /** Counts from the moment of the pick: a thread begins the step later, and there may be another pick before. */
    private final class Picks implements Dialect.Picks {
        @Override
        public int free() {
            return isAlone() ? parallelCarts : Math.max(0, ENOUGH - picked.get());
        }

        @Override
        public Duration left() {
            return left;
        }

        @Override
        public void picked(int count) {
            picked.addAndGet(count);
        }
    }

    /** Does nothing: the step has already ended its instance, in one statement; see {@link StepTable}. */
    private static CompletionHandler<Void> ended() {
        return (complete, operations) -> {};
    }

    /**
     * Only called if {@link #run} throws, which handles failures of the step itself. The instance stays as it is, and
     * is revived like that of a dead process.
     */
    private static void logNotEnded(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        LOG.warn("a step was not ended, it runs again soon: {}", complete.getExecution().taskInstance);
    }

    @Override
    public Map<String, Integer> running() {
        return connections.read(StepTable::running);
    }

    /** {@inheritDoc} It is away if the engine has stopped, or if its background work hangs. */
    @Override
    public Optional<Outage.Away> away() {
        com.github.kagkarlsson.scheduler.Scheduler started = engine;
        if (started == null || !started.getSchedulerState().isStarted()) {
            return Optional.empty();
        }
        if (started.getSchedulerState().isShuttingDown()) {
            return Optional.of(new Outage.Away(clock.now(), "the engine is stopping"));
        }
        Instant last = looked;
        return Duration.between(last, clock.now()).compareTo(LATE.plus(lease(heartbeat))) > 0
                ? Optional.of(new Outage.Away(last, "the engine has not shown a sign of life since then"))
                : Optional.empty();
    }

    private void lookAtHeartbeats() {
        looked = clock.now();
        deadSteps.readHeartbeats();
    }

    private void run(Step step, long cartId, ExecutionContext context) {
        Execution execution = context.getExecution();
        Optional<StepTable.Lease> lease = begin(cartId, execution.version);
        if (lease.isEmpty()) {
            return;
        }
        if (!running.add(cartId)) {
            // This process's heartbeat was late, so its instance was revived, but its step still runs.
            end(lease.get(), Optional.of(RETRY_OVERLAP), 0);
            return;
        }
        try {
            advance(step, lease.get(), execution.consecutiveFailures);
        } finally {
            running.remove(cartId);
        }
    }

    private Optional<StepTable.Lease> begin(long cartId, long version) {
        try {
            return connections.read(handle -> StepTable.begin(handle, cartId, version));
        } catch (CartException.Unavailable e) {
            attempts.warn("a step of cart " + cartId + " was not begun, it runs soon: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void advance(Step step, StepTable.Lease lease, int failures) {
        Optional<Duration> sleep;
        try {
            sleep = step.advance(lease.cartId());
        } catch (RuntimeException | Error e) {
            Duration wait = Scheduler.retryAfter(failures);
            String line =
                    "cart " + lease.cartId() + ": a step failed and is tried again in " + wait.toSeconds() + " s: ";
            if (e instanceof CartException.Unavailable) {
                attempts.warn(line + e.getMessage());
            } else {
                LOG.warn("{}{}", line, oneLine(e));
            }
            end(lease, Optional.of(wait), failures + 1);
            return;
        }
        end(lease, sleep, 0);
    }

    private void end(StepTable.Lease lease, Optional<Duration> sleep, int failures) {
        Instant now = clock.now();
        Function<Handle, Boolean> end = sleep.isEmpty()
                ? handle -> StepTable.done(handle, lease, now)
                : handle -> StepTable.sleep(handle, lease, until(now, sleep.get()), failures, now);
        boolean left = attempts.run(
                        "the end of a step of cart " + lease.cartId() + " was not recorded, it runs again soon", end)
                .orElse(false);
        if (left) {
            pollNow();
        }
    }

    private static Instant until(Instant now, Duration sleep) {
        return sleep.compareTo(SHORTEST) < 0
                ? now.plus(SHORTEST)
                : sleep.compareTo(LONGEST) > 0 ? now.plus(LONGEST) : now.plus(sleep);
    }

    private void logUnfinished() {
        int unfinished = attempts.run("unfinished carts were not counted", StepTable::unfinished)
                .orElse(0);
        if (unfinished > 0) {
            LOG.info("{} on", unfinished == 1 ? "1 unfinished cart goes" : unfinished + " unfinished carts go");
        }
    }

    private void sweep() {
        freeDead(false);
        int found = attempts.run(
                        "carts without an instance were not looked for", handle -> StepTable.sweep(handle, clock.now()))
                .orElse(0);
        if (found > 0) {
            LOG.debug("{} carts got the instance that they had lost", found);
            pollNow();
        }
    }

    private void freeDead(boolean starting) {
        int freed = deadSteps.freeEnded(starting);
        if (freed > 0) {
            LOG.info("{} whose process died", freed == 1 ? "1 cart goes on" : freed + " carts go on");
            pollNow();
        }
    }

    /** Makes this process poll for due instances now; otherwise it polls at its interval. */
    private void pollNow() {
        com.github.kagkarlsson.scheduler.Scheduler started = engine;
        if (started != null) {
            started.triggerCheckForDueExecutions();
        }
    }

    private static String oneLine(Throwable e) {
        return e.toString().replaceAll("\\s+", " ");
    }
}
