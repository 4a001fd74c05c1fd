package dev.cartd.cli.command;

import dev.cartd.Cartd;
import dev.cartd.cli.config.FailedException;
import dev.cartd.store.Database;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The carts of a command that causes work. A running server does the work; if none does, this process does. Both
 * respect the engine's leases, so no cart has two steps at once.
 */
public final class OperatorSession implements AutoCloseable {
    /** How long a command waits for a server, which looks for work every second. */
    public static final Duration GRACE = Duration.ofSeconds(4);

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** How long a command waits for the removal of files while nothing changes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Database database;
    private final Cartd cartd;
    private final Optional<String> owner;
    private final Duration grace;
    private final OpenResources opened;
    private boolean working;
    private @Nullable Object seen;
    private long changed = System.nanoTime();

    /**
     * A session that does not work yet.
     *
     * @param owner the owner of the volume if this process runs as root and the owner is not root: then this process
     *     must not work
     * @param grace how long nothing must have changed until this process works itself; {@link #GRACE} unless it is
     *     certain that no server runs
     * @param opened is closed with the session
     */
    public OperatorSession(
            Database database, Cartd cartd, Optional<String> owner, Duration grace, OpenResources opened) {
        this.database = database;
        this.cartd = cartd;
        this.owner = owner;
        this.grace = grace;
        this.opened = opened;
    }

    public Database database() {
        return database;
    }

    public Cartd cartd() {
        return cartd;
    }

    /**
     * Waits a moment. If nothing has changed for the grace time, this process begins to work.
     *
     * @param state something that changes whenever a node works
     * @return how long the state has not changed
     * @throws FailedException if the thread is interrupted, or no node works and this process must not
     */
    public Duration await(Object state) {
        if (!Objects.equals(state, seen)) {
            seen = state;
            changed = System.nanoTime();
        }
        Duration still = Duration.ofNanos(System.nanoTime() - changed);
        if (!working && still.compareTo(grace) > 0) {
            work();
        }
        pause();
        return still;
    }

    private void work() {
        owner.ifPresent(other -> {
            throw new FailedException("no server works on the carts, and " + other
                    + " could not remove what root makes: start the server, or run this as " + other
                    + " (runuser -u " + other + " -- cartd ...)");
        });
        working = true;
        cartd.work();
    }

    /**
     * Waits until the files of all deleted carts are removed, or nothing has changed for a minute; then prints how many
     * carts have files left.
     *
     * @return the number of deleted carts that have files left
     * @throws FailedException as {@link #await}
     */
    public long awaitRemoval(PrintWriter err) {
        Duration still = Duration.ZERO;
        long left = database.leftOver();
        while (left > 0 && still.compareTo(PATIENCE) < 0) {
            still = await(left);
            left = database.leftOver();
        }
        if (left > 0) {
            err.println("cartd: the files of " + left
                    + " deleted carts cannot be removed yet; the server tries again, and its log says why");
        }
        return left;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("stopped; what is not done yet is done by the next server", e);
        }
    }

    @Override
    public void close() {
        opened.close();
    }
}
