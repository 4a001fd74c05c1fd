package dev.cartd.store.engine;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import dev.cartd.cart.CartException;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Nodes;
import java.time.Instant;
import java.util.Set;

/**
 * Has the steps of dead processes run again: of those that have certainly ended at once, of others when their
 * heartbeats have stopped. Safe for use by many threads.
 */
final class DeadSteps {
    private final Attempts attempts;
    private final Connections connections;
    private final Nodes nodes;
    private final SteadyClock clock;
    private final Heartbeats heartbeats = new Heartbeats();
    private volatile boolean alone = true;

    DeadSteps(Attempts attempts, Nodes nodes, SteadyClock clock) {
        this.attempts = attempts;
        this.connections = attempts.connections();
        this.nodes = nodes;
        this.clock = clock;
    }

    /** Reads the heartbeats of all processes. To be called once in each heartbeat interval. */
    void readHeartbeats() {
        try {
            heartbeats.count(connections.read(StepTable::beats));
            alone = connections.read(nodes::isAlone);
        } catch (CartException.Unavailable e) {
            heartbeats.forget();
        }
    }

    /** Whether no other process used the database when the heartbeats were read last. */
    boolean isAlone() {
        return alone;
    }

    /**
     * db-scheduler calls this for an instance that is dead by this node's clock, which may be wrong. An instance that
     * is alive is left alone; db-scheduler calls again soon.
     */
    void reviveIfDead(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Execution execution = complete.getExecution();
        Instant last = execution.lastHeartbeat;
        long at = last == null ? 0 : last.toEpochMilli();
        if (heartbeats.stoppedAt(new Heartbeats.Beat(execution.getId(), execution.version, at))) {
            operations.reschedule(complete, clock.now());
        }
    }

    /**
     * Makes the instances of processes that have certainly ended due now, without waiting for missed heartbeats.
     *
     * @return how many instances
     */
    int freeEnded(boolean starting) {
        Set<String> dead = attempts.run(
                        "dead processes were not looked for",
                        handle -> nodes.dead(handle, StepTable.pickers(handle), starting))
                .orElse(Set.of());
        return dead.stream()
                .mapToInt(name -> attempts.run(
                                "the carts of " + name + ", which died, go on later",
                                handle -> StepTable.free(handle, name, clock.now()))
                        .orElse(0))
                .sum();
    }
}
