package dev.cartd.spi;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every pull that an {@link ArchiveInterface} was asked for, and what became of it: so a test can tell of each one why
 * it had to be. All methods may be called at any time, by any thread.
 */
public final class Pulls {
    /**
     * What was sent so shortly before its client was killed may not have been read, hashed and recorded by it, on a
     * machine that does much else.
     */
    private static final Duration JUST_NOW = Duration.ofSeconds(1);

    /** Why there was a pull, in view of the one before it of the same file. */
    public enum Why {
        /** There was none before it. */
        FIRST,
        /** The one before went wrong on purpose. */
        FAULT,
        /** The client of the one before was killed while it was under way, or just after. */
        KILL,
        /** The one before was left, to make room for others, and this one is for the rest. */
        REST,
        /** The client has forgotten what it had. */
        WASTE
    }

    private final Queue<Pull> all = new ConcurrentLinkedQueue<>();
    private final Map<String, Pull> last = new ConcurrentHashMap<>();

    /** One of them. */
    static final class Pull {
        private final String client;
        private final String id;
        private final long from;
        private final @Nullable Pull before;
        private volatile boolean faulted;
        private volatile boolean killed;
        private volatile long whole = Long.MAX_VALUE;

        private Pull(String client, String id, long from, @Nullable Pull before) {
            this.client = client;
            this.id = id;
            this.from = from;
            this.before = before;
        }

        /** It goes wrong so, or right. */
        void goes(Fault fault) {
            faulted = fault != Fault.NONE;
        }

        /** All of it was sent. */
        void whole() {
            whole = System.nanoTime();
        }

        private Why why() {
            if (before == null) {
                return Why.FIRST;
            }
            if (before.faulted) {
                return Why.FAULT;
            }
            return before.killed ? Why.KILL : from > before.from ? Why.REST : Why.WASTE;
        }

        @Override
        public String toString() {
            return id + " from " + from;
        }
    }

    Pulls() {}

    Pull begin(String client, String id, long from) {
        return Objects.requireNonNull(last.compute(id, (key, before) -> {
            Pull pull = new Pull(client, id, from, before);
            all.add(pull);
            return pull;
        }));
    }

    /**
     * Notes that this client is gone, which was killed at {@code at} by the clock of {@link System#nanoTime}.
     *
     * @return how many of its pulls were under way, or whole just before
     */
    public int killed(String client, long at) {
        List<Pull> lost = all.stream()
                .filter(pull -> pull.client.equals(client) && !pull.faulted && !pull.killed)
                .filter(pull -> pull.whole > at - JUST_NOW.toNanos())
                .filter(pull -> last.get(pull.id) == pull)
                .toList();
        lost.forEach(pull -> pull.killed = true);
        return lost.size();
    }

    /** Whether a pull of this client is under way that is right so far. */
    public boolean isUnderWay(String client) {
        return all.stream()
                .anyMatch(pull -> pull.client.equals(client)
                        && !pull.faulted
                        && pull.whole == Long.MAX_VALUE
                        && last.get(pull.id) == pull);
    }

    /** How many there were of each kind. */
    public Map<Why, Integer> counts() {
        Map<Why, Integer> counts = new EnumMap<>(Why.class);
        all.forEach(pull -> counts.merge(pull.why(), 1, Integer::sum));
        return counts;
    }

    /** Who asked for any of them. */
    public Set<String> clients() {
        return all.stream().map(pull -> pull.client).collect(Collectors.toSet());
    }

    /** How many went wrong on purpose. */
    public long faulted() {
        return all.stream().filter(pull -> pull.faulted).count();
    }

    /** Those that should not have been. */
    public List<String> wasted() {
        return all.stream()
                .filter(pull -> pull.why() == Why.WASTE)
                .map(Pull::toString)
                .toList();
    }
}
