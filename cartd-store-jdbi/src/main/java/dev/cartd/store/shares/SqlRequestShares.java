package dev.cartd.store.shares;

import dev.cartd.spi.RequestShares;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.Nodes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The shares of one archive's requests among the nodes of one database, with a row for each node that has some to send.
 * One transaction at a time changes a share, and only the share of the node that asks: the share grows by free permits,
 * and other nodes find the permits that it gives back when they ask next.
 */
public final class SqlRequestShares implements RequestShares {
    /** The lease of a node that waits and holds no permit: short, since others wait for it if it died. */
    private static final Duration WAITING = Duration.ofSeconds(2);

    /** A lease that ends more than this after the longest possible one was given before the clock was set back. */
    private static final Duration CLOCK_STEP = Duration.ofMinutes(1);

    private static final String EXPIRE = "delete from archivepermits where lease_until <= :now or lease_until > :far";
    private static final String LEAVE = "delete from archivepermits where archive = ? and node = ?";
    private static final String UPSERT = """
            insert into archivepermits (archive, node, learned, wanted, allowed, held, turn_at, lease_until)
            values (:archive, :node, :learned, :wanted, :allowed, :held, :turn, :until)
            on conflict (archive, node) do update set learned = excluded.learned, wanted = excluded.wanted,
                allowed = excluded.allowed, held = excluded.held, turn_at = excluded.turn_at,
                lease_until = excluded.lease_until""";

    private final String archive;
    private final Connections connections;
    private final Nodes nodes;
    private final InstantSource clock;
    private final Duration lease;
    private boolean begun;

    /**
     * The shares as one node sees them.
     *
     * @param archive the name of the archive; empty for the default one
     * @param nodes the name of this node, and who died: a dead node has no share
     * @param lease how long a node may use what it was given after it asked
     */
    public SqlRequestShares(String archive, Connections connections, Nodes nodes, InstantSource clock, Duration lease) {
        this.archive = archive;
        this.connections = connections;
        this.nodes = nodes;
        this.clock = clock;
        this.lease = lease;
    }

    @Override
    public synchronized Share ask(Need need) {
        Share share = connections.write(handle -> need.wanted() == 0 ? leave(handle) : ask(handle, need));
        begun = true;
        return share;
    }

    private Share leave(Handle handle) {
        handle.execute(LEAVE, archive, nodes.own());
        return Share.NONE;
    }

    private Share ask(Handle handle, Need need) {
        connections.dialect().lock(handle, Dialect.Lock.SHARES);
        long now = clock.millis();
        List<NodeShare> others = living(handle, now);
        NodeShare before = others.stream()
                .filter(share -> share.node().equals(nodes.own()))
                .findFirst()
                .orElseGet(() -> new NodeShare(nodes.own(), 0, 0, 0, 0, now));
        others.remove(before);
        NodeShare asking = new NodeShare(
                before.node(), need.learned(), need.wanted(), before.allowed(), before.counted(), before.turnAt());
        int allowed = asking.fair(others, now);
        int counted = Math.max(allowed, need.out());
        Duration holds = counted == 0 && lease.compareTo(WAITING) > 0 ? WAITING : lease;
        handle.createUpdate(UPSERT)
                .bind("archive", archive)
                .bind("node", nodes.own())
                .bind("learned", need.learned())
                .bind("wanted", need.wanted())
                .bind("allowed", allowed)
                .bind("held", counted)
                .bind("turn", (before.allowed() == 0) == (allowed == 0) ? before.turnAt() : now)
                .bind("until", now + holds.toMillis())
                .execute();
        return new Share(allowed, others.isEmpty() ? ALL : NodeShare.smallestLimit(others.stream()), holds);
    }

    /** The shares of all nodes that are alive; removes those of the others. */
    private List<NodeShare> living(Handle handle, long now) {
        handle.createUpdate(EXPIRE)
                .bind("now", now)
                .bind("far", now + lease.plus(CLOCK_STEP).toMillis())
                .execute();
        List<NodeShare> shares = new ArrayList<>(handle.createQuery("select * from archivepermits where archive = ?")
                .bind(0, archive)
                .map(NodeShare.row(now))
                .list());
        Set<String> dead =
                nodes.dead(handle, shares.stream().map(NodeShare::node).toList(), !begun);
        dead.forEach(node -> handle.execute(LEAVE, archive, node));
        shares.removeIf(share -> dead.contains(share.node()));
        return shares;
    }
}
