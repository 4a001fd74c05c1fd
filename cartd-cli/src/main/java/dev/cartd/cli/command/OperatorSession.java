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
 * The carts, for a command that causes work: it is left to a server that runs, and done in this process where none
 * does. Both go by the engine's leases, so that no cart is worked on twice at once.
 */
public final class OperatorSession implements AutoCloseable {
    /** How long the carts are left to a server, which looks for work every second. */
    public static final Duration GRACE = Duration.ofSeconds(4);

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Files that cannot be removed for so long are left to who comes next. */
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
     * Closes with it what was opened for it.
     *
     * @param owner whose volume it is, where this process runs as root and he is not
     * @param grace how long nothing must have changed until this process works itself; {@link #GRACE} unless it is
     *     certain that no server runs
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
     * Waits a little for work that goes on; begins to work here if nothing has for a while.
     *
     * @param state something that changes whenever somebody works
     * @return for how long nothing has changed
     * @throws FailedException if the thread is interrupted, or nobody works and this process may not
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
            throw new FailedException("no server works on the carts, and what root makes would be in the way of "
                    + other + ": start the server, or run this as " + other + " (runuser -u " + other
                    + " -- cartd ...)");
        });
        working = true;
        cartd.work();
    }

    /**
     * Waits until the files of all deleted carts are gone, for as long as that goes on; where some stay it says so.
     *
     * @return of how many carts some stay
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
                    + " deleted carts cannot be removed yet; the server goes on trying, its log says why");
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
