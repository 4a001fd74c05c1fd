package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.NodeLock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The shares of the nodes of one database, with a row for each node that has requests to send. One transaction at a
 * time changes shares, and only that of the node that asks: it grows by permits that are free, and permits that it
 * gives back are found by other nodes when they ask next.
 */
public final class SqlRequestShares implements RequestShares {
    /** The lease of a node that waits and holds no permit: short, since others wait for it if it died. */
    private static final Duration WAITING = Duration.ofSeconds(2);

    /** A lease that ends more than this after the longest possible one was given before the clock was set back. */
    private static final Duration CLOCK_STEP = Duration.ofMinutes(1);

    private static final String EXPIRE = "delete from archiveshares where lease_until <= :now or lease_until > :far";
    private static final String FIND = "select * from archiveshares";
    private static final String LEAVE = "delete from archiveshares where node = :node";
    private static final String UPSERT = """
            insert into archiveshares (node, learned, wanted, allowed, held, turn_at, lease_until)
            values (:node, :learned, :wanted, :allowed, :held, :turn, :until)
            on conflict (node) do update set learned = excluded.learned, wanted = excluded.wanted,
                allowed = excluded.allowed, held = excluded.held, turn_at = excluded.turn_at,
                lease_until = excluded.lease_until""";

    private final Connections connections;
    private final InstantSource clock;
    private final Duration lease;

    /** The locks that show which processes of this machine died: their leases end at once. */
    private Optional<NodeLock> nodeLock = Optional.empty();

    private boolean begun;

    /**
     * The shares as one node sees them.
     *
     * @param lease how long a node may use what it was given after it asked
     */
    public SqlRequestShares(Connections connections, InstantSource clock, Duration lease) {
        this.connections = connections;
        this.clock = clock;
        this.lease = lease;
    }

    @Override
    public synchronized Share ask(Need need) {
        return connections.write(handle -> need.wanted() == 0 ? leave(handle) : ask(handle, need));
    }

    /**
     * Removes the rows of nodes without a connection to the database, only at the start: later a node may have lost its
     * connection together with all others, and will be back soon.
     */
    private void removeGone(Handle handle) {
        if (!begun) {
            begun = true;
            nodeLock = connections.dialect().nodeLocks().flatMap(NodeLock::attempt);
            connections
                    .dialect()
                    .gone("node")
                    .ifPresent(gone -> handle.execute("delete from archiveshares where " + gone));
        }
    }

    private boolean isDead(NodeShare share) {
        return nodeLock.map(lock -> lock.isDead(share.node())).orElse(false);
    }

    private String node() {
        return nodeLock.map(NodeLock::name).orElseGet(connections::node);
    }

    private Share leave(Handle handle) {
        handle.createUpdate(LEAVE).bind("node", node()).execute();
        return Share.NONE;
    }

    private Share ask(Handle handle, Need need) {
        connections.dialect().lock(handle, Dialect.Lock.SHARES);
        long now = clock.millis();
        handle.createUpdate(EXPIRE)
                .bind("now", now)
                .bind("far", now + lease.plus(CLOCK_STEP).toMillis())
                .execute();
        removeGone(handle);
        List<NodeShare> all = handle.createQuery(FIND).map(NodeShare.ROW).stream()
                .map(share -> share.at(now))
                .filter(share -> !isDead(share))
                .toList();
        Optional<NodeShare> before =
                all.stream().filter(each -> each.node().equals(node())).findFirst();
        List<NodeShare> others =
                all.stream().filter(each -> !each.node().equals(node())).toList();
        NodeShare asking =
                before.orElseGet(() -> NodeShare.waiting(node(), now)).with(need);
        FairShares fair = new FairShares(others, asking, now);
        return store(handle, fair.share(), fair.learnedByOthers(), now);
    }

    private Share store(Handle handle, NodeShare share, int learnedByOthers, long now) {
        Duration holds = share.held() == 0 && lease.compareTo(WAITING) > 0 ? WAITING : lease;
        handle.createUpdate(UPSERT)
                .bind("node", share.node())
                .bind("learned", share.learned())
                .bind("wanted", share.wanted())
                .bind("allowed", share.allowed())
                .bind("held", share.held())
                .bind("turn", share.turnAt())
                .bind("until", now + holds.toMillis())
                .execute();
        return new Share(share.allowed(), learnedByOthers, holds);
    }
}
