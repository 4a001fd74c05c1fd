package dev.cartd.store.engine;

import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Batches;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * db-scheduler's table, with a column of our own that counts the wakes of a cart.
 *
 * <p>Why no wake is lost: every wake is one statement. It makes a sleeping instance due, or, if the instance is picked
 * (its step runs), only raises {@code wakes}. A step reads {@code wakes} before it begins. It ends with one statement
 * that removes the instance or puts it to sleep only if {@code wakes} is unchanged. The database runs the two
 * statements one after the other. If the wake is first, the end finds another number of wakes, and the instance is made
 * due at once instead. If the end is first, the wake finds no picked instance, and makes one due. A wake before the
 * step reads {@code wakes} is served by that step.
 */
final class StepTable {
    static final String NAME = "cartsteps";
    static final String TASK = "cart";

    private static final String WAKE = """
            insert into cartsteps (task_name, task_instance, execution_time, picked, version, wakes)
            values ('cart', ?, ?, ?, 1, 1)
            on conflict (task_name, task_instance) do update set
                wakes = cartsteps.wakes + 1,
                execution_time = case
                    when cartsteps.picked = ? and cartsteps.execution_time > ? then ?
                    else cartsteps.execution_time end""";
    private static final String SWEEP =
            "insert into cartsteps (task_name, task_instance, execution_time, picked, version)"
                    + " select 'cart', cast(cart.id as varchar(20)), :now, :no, 1 from cart where ((" + CartRow.IN_WORK
                    + ") or (" + CartRow.LEFT_OVER + "))"
                    + """
             and not exists (select 1 from cartsteps
                where task_name = 'cart' and task_instance = cast(cart.id as varchar(20)))
            on conflict (task_name, task_instance) do nothing""";
    private static final String UNFINISHED = "select count(*) from cart where " + CartRow.IN_WORK
            + " and not exists (select 1 from cartsteps where task_name = 'cart'"
            + " and task_instance = cast(cart.id as varchar(20)) and picked = :yes)";

    /**
     * No step sleeps for longer than a minute: a time further ahead than this was written before the clock was set
     * back.
     */
    private static final Duration MAX_SLEEP = Duration.ofMinutes(2);

    private static final String WAKE_LATE_SLEEPERS =
            "update cartsteps set execution_time = :now where picked = :no and execution_time > :far";
    private static final String CORRECT_HEARTBEATS =
            "update cartsteps set last_heartbeat = :now where picked = :yes and last_heartbeat > :far";
    private static final String BEATS =
            "select task_instance, version, coalesce(last_heartbeat, 0) as beat from cartsteps"
                    + " where picked = :yes";
    private static final String PICKERS =
            "select distinct picked_by from cartsteps where picked = :yes and picked_by is not null";
    private static final String RUNNING = "select picked_by, count(*) as steps from cartsteps"
            + " where picked = :yes and picked_by is not null group by picked_by order by picked_by";
    private static final String FREE = """
            update cartsteps set execution_time = :now, picked = :no, picked_by = null, last_heartbeat = null,
                version = version + 1
            where picked = :yes and picked_by = :picker""";
    private static final String LEASED =
            " where task_name = 'cart' and task_instance = :cart and version = :version and picked = :yes";
    private static final String WAKES = "select wakes from cartsteps" + LEASED;
    private static final String DONE = "delete from cartsteps" + LEASED + " and wakes = :wakes";
    private static final String RESCHEDULE = """
            update cartsteps set execution_time = :at, picked = :no, picked_by = null, last_heartbeat = null,
                consecutive_failures = :failures, version = version + 1""" + LEASED;
    private static final String SLEEP = RESCHEDULE + " and wakes = :wakes";

    private StepTable() {}

    /**
     * A running step.
     *
     * @param version the version of the lease: raised whenever the instance is picked, put to sleep or revived
     * @param wakes the number of wakes when the step began
     */
    record Lease(long cartId, long version, long wakes) {}

    /** Makes the carts' instances due now; a step that runs runs again afterwards. */
    static boolean wake(Handle handle, List<Long> carts, Instant now) {
        Batches.run(handle, WAKE, carts, (row, cart) -> {
            row.setString(1, Long.toString(cart));
            row.setLong(2, now.toEpochMilli());
            row.setBoolean(3, false);
            row.setBoolean(4, false);
            row.setLong(5, now.toEpochMilli());
            row.setLong(6, now.toEpochMilli());
        });
        return true;
    }

    /**
     * Creates an instance for every unfinished cart that has none, and makes due those that would sleep for longer than
     * any step asks for; other sleeping instances are unchanged. A heartbeat in the future is set to now: otherwise a
     * dead process would be taken for alive.
     *
     * @return the number of instances that were created or made due
     */
    static int sweep(Handle handle, Instant now) {
        long far = now.plus(MAX_SLEEP).toEpochMilli();
        handle.createUpdate(CORRECT_HEARTBEATS)
                .bind("now", now.toEpochMilli())
                .bind("yes", true)
                .bind("far", far)
                .execute();
        int woken = handle.createUpdate(WAKE_LATE_SLEEPERS)
                .bind("now", now.toEpochMilli())
                .bind("no", false)
                .bind("far", far)
                .execute();
        return woken
                + handle.createUpdate(SWEEP)
                        .bind("now", now.toEpochMilli())
                        .bind("no", false)
                        .execute();
    }

    /** The number of carts in work whose step does not run now. */
    static int unfinished(Handle handle) {
        return handle.createQuery(UNFINISHED)
                .bind("yes", true)
                .mapTo(Integer.class)
                .one();
    }

    /** The last heartbeats of all picked instances, also those of dead processes. */
    static List<Heartbeats.Beat> beats(Handle handle) {
        return handle.createQuery(BEATS)
                .bind("yes", true)
                .map((row, context) -> new Heartbeats.Beat(
                        CartRow.text(row, "task_instance"), row.getLong("version"), row.getLong("beat")))
                .list();
    }

    /** The names of the processes that have picked instances, also those of dead processes. */
    static List<String> pickers(Handle handle) {
        return handle.createQuery(PICKERS).bind("yes", true).mapTo(String.class).list();
    }

    /** How many picked instances each process has, also those of dead processes. */
    static Map<String, Integer> running(Handle handle) {
        Map<String, Integer> running = new LinkedHashMap<>();
        handle.createQuery(RUNNING)
                .bind("yes", true)
                .map((row, context) -> Map.entry(CartRow.text(row, "picked_by"), row.getInt("steps")))
                .forEach(node -> running.put(node.getKey(), node.getValue()));
        return running;
    }

    /** Makes all instances due that a dead process had picked, and returns their number. */
    static int free(Handle handle, String picker, Instant now) {
        return handle.createUpdate(FREE)
                .bind("now", now.toEpochMilli())
                .bind("no", false)
                .bind("yes", true)
                .bind("picker", picker)
                .execute();
    }

    /** Begins the step of a picked instance; empty if another process has the instance by now. */
    static Optional<Lease> begin(Handle handle, long cartId, long version) {
        return handle.createQuery(WAKES)
                .bind("cart", Long.toString(cartId))
                .bind("version", version)
                .bind("yes", true)
                .mapTo(Long.class)
                .findOne()
                .map(wakes -> new Lease(cartId, version, wakes));
    }

    /**
     * Removes the instance of a step that ended, or makes it due if the cart was woken meanwhile.
     *
     * @return whether there is still an instance
     */
    static boolean done(Handle handle, Lease lease, Instant now) {
        int removed = handle.createUpdate(DONE)
                .bind("cart", Long.toString(lease.cartId))
                .bind("version", lease.version)
                .bind("yes", true)
                .bind("wakes", lease.wakes)
                .execute();
        return removed == 0 && reschedule(handle, RESCHEDULE, lease, now, 0);
    }

    /**
     * Puts the instance of a step that ended to sleep, or makes it due if the cart was woken meanwhile.
     *
     * @return whether there was an instance with this lease
     */
    static boolean sleep(Handle handle, Lease lease, Instant until, int failures, Instant now) {
        return reschedule(handle, SLEEP, lease, until, failures)
                || reschedule(handle, RESCHEDULE, lease, now, failures);
    }

    private static boolean reschedule(Handle handle, String sql, Lease lease, Instant at, int failures) {
        return handle.createUpdate(sql)
                        .bind("at", at.toEpochMilli())
                        .bind("no", false)
                        .bind("failures", failures)
                        .bind("cart", Long.toString(lease.cartId))
                        .bind("version", lease.version)
                        .bind("yes", true)
                        .bind("wakes", lease.wakes)
                        .execute()
                == 1;
    }
}
