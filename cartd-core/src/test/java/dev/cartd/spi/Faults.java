package dev.cartd.spi;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which requests go wrong, and how: some by a script, others at random. The random ones follow from the seed, the
 * method, the id and how often this was asked for, so that they are the same in whatever order threads come.
 */
public final class Faults {
    private final Map<String, Queue<Fault>> scripts = new ConcurrentHashMap<>();
    private final Map<Fault, Double> rates = new EnumMap<>(Fault.class);
    private final long seed;

    Faults(long seed) {
        this.seed = seed;
    }

    /** Has this share of all requests that it can concern go wrong so: from 0.0 to 1.0, all together at most 1.0. */
    public synchronized Faults rate(Fault fault, double share) {
        rates.put(fault, share);
        return this;
    }

    /** Has the next requests of this method for this id go wrong so, in this order; {@code NONE} lets one pass. */
    public Faults next(String method, String id, Fault... then) {
        scripts.computeIfAbsent(method + " " + id, key -> new ConcurrentLinkedQueue<>())
                .addAll(List.of(then));
        return this;
    }

    /** From now on nothing goes wrong. */
    public synchronized void none() {
        rates.clear();
        scripts.clear();
    }

    /** What becomes of the {@code nth} request of this method for this id. */
    Fault of(String method, String id, long nth) {
        Queue<Fault> script = scripts.get(method + " " + id);
        Fault scripted = script == null ? null : script.poll();
        Fault fault = scripted == null ? atRandom(method, id, nth) : scripted;
        return fault.ofContent() && !method.equals("GET") ? Fault.NONE : fault;
    }

    private synchronized Fault atRandom(String method, String id, long nth) {
        double drawn = new Random(seed + 31L * (method + " " + id).hashCode() + 1_000_003L * nth).nextDouble();
        for (Map.Entry<Fault, Double> rate : rates.entrySet()) {
            drawn -= rate.getValue();
            if (drawn < 0) {
                return rate.getKey();
            }
        }
        return Fault.NONE;
    }
}
