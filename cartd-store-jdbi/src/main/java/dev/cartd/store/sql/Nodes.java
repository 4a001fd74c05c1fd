package dev.cartd.store.sql;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The processes that use one database, by name: the name of this one, and which others have certainly ended. Code that
 * leases something asks this first; the lease decides only where the answer is not known. Safe for use by many threads.
 */
public final class Nodes implements AutoCloseable {
    private final Connections connections;
    private Optional<NodeLock> lock = Optional.empty();
    private boolean named;

    /** Takes no name yet: a command that only reads leaves nothing beside the database. */
    public Nodes(Connections connections) {
        this.connections = connections;
    }

    /** The name of this process; the first call takes the lock that goes with it, where the dialect has one. */
    public String own() {
        return lock().map(NodeLock::name).orElseGet(connections::node);
    }

    /**
     * Those of these processes that have certainly ended: their lock is free.
     *
     * @param starting whether this process is just starting: then those without a connection to the database have ended
     *     too. Later such a process may have lost its connection together with all others, and will be back soon
     */
    public Set<String> dead(Handle handle, Collection<String> names, boolean starting) {
        Optional<NodeLock> living = lock();
        Optional<Set<String>> connected = starting ? connections.dialect().connected(handle) : Optional.empty();
        return names.stream()
                .filter(name -> connected.map(known -> !known.contains(name)).orElse(false)
                        || living.map(known -> known.isDead(name)).orElse(false))
                .collect(Collectors.toSet());
    }

    /** Whether no other process has a connection to the database, as far as the database knows. */
    public boolean isAlone(Handle handle) {
        return connections.dialect().connected(handle).stream()
                .flatMap(Set::stream)
                .noneMatch(name -> Connections.isNode(name) && !name.equals(connections.node()));
    }

    private synchronized Optional<NodeLock> lock() {
        if (!named) {
            named = true;
            lock = connections.dialect().nodeLocks().flatMap(NodeLock::attempt);
        }
        return lock;
    }

    /** Releases the lock: other processes take this one for dead, until {@link #own} takes a new name. */
    @Override
    public synchronized void close() {
        lock.ifPresent(NodeLock::close);
        named = false;
    }
}
