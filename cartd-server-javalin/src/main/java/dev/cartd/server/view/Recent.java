package dev.cartd.server.view;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Remembers a value for each of the carts that were looked at last. Safe for use by many threads. */
public final class Recent<V> {
    private final Map<Long, V> values;

    /**
     * Remembers nothing yet.
     *
     * @param most how many carts are remembered
     */
    public Recent(int most) {
        values = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
                return size() > most;
            }
        };
    }

    /** The value of the cart with this number. */
    public synchronized Optional<V> get(long cart) {
        return Optional.ofNullable(values.get(cart));
    }

    /** Sets the value of a cart. */
    public synchronized void put(long cart, V value) {
        values.put(cart, value);
    }

    /** Replaces the value of a cart by what {@code change} makes of it, and returns that. */
    public synchronized V change(long cart, V first, UnaryOperator<V> change) {
        V next = change.apply(values.getOrDefault(cart, first));
        values.put(cart, next);
        return next;
    }
}
