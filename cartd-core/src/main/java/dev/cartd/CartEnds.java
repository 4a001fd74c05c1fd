package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.spi.Meter;
import dev.cartd.system.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The ends of work on carts in this process: counts how often a cart became ready or failed, lets threads wait for the
 * next, and tells the meter and the listener. Safe for use by many threads.
 */
final class CartEnds {
    private static final System.Logger LOG = System.getLogger(CartEnds.class.getName());

    private final Meter meter;
    private final Optional<CartListener> listener;
    private final Function<Cart, Optional<Cart>> reload;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed;
    private long count;

    /** @param reload returns a cart as it is now; empty if it was deleted */
    CartEnds(Meter meter, Optional<CartListener> listener, Function<Cart, Optional<Cart>> reload, Timeline timeline) {
        this.meter = meter;
        this.listener = listener;
        this.reload = reload;
        this.changed = timeline.condition(lock);
    }

    /** How often carts of this process became ready or failed so far. */
    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Adds the end of the work on this cart, which has its new state and reason. Never throws. */
    void add(Cart cart) {
        wakeThreads();
        meter.ended(cart.status(), cart.reason());
        try {
            listener.ifPresent(hears -> reload.apply(cart).ifPresent(hears::ended));
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "the listener is not called: the store is away", e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener failed for cart " + cart.id(), e);
        }
    }

    private void wakeThreads() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #count} is greater than {@code seen}, but no longer than {@code timeout}. */
    void await(long seen, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (count <= seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
