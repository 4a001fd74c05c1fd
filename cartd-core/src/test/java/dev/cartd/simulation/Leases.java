package dev.cartd.simulation;

import dev.cartd.cart.Cart;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler for all nodes of a run, that lasts: it gives each cart to one node at a time, and the carts of a node
 * that gives no sign of life to another. A node that is only frozen then goes on with a step that is not its own.
 */
final class Leases {
    /** How long a node may give no sign of life. */
    private static final long PATIENCE = Duration.ofSeconds(12).toNanos();

    /** How often it looks for silent nodes; for carts that it does not know, each tenth time. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private static final class Due {
        final long cart;
        long at;
        boolean woken;
        int failures;
        long lease;
        Machine.@Nullable Node holder;
        long silentSince = -1;

        Due(long cart, long at) {
            this.cart = cart;
            this.at = at;
        }
    }

    private final Machine machine;
    private final NodeStore away;
    private final MemoryStore store;
    private final Bug bug;
    private final Map<Long, Due> carts = new TreeMap<>();
    private final Machine.Waiters changed;
    private long leases;
    private long sweeps;

    Leases(Machine machine, NodeStore away, MemoryStore store, Bug bug) {
        this.machine = machine;
        this.away = away;
        this.store = store;
        this.bug = bug;
        this.changed = machine.new Waiters();
        sweep();
    }

    private void sweep() {
        if (sweeps++ % 10 == 0 && !away.isAway() && bug != Bug.LOST_WAKE) {
            store.live()
                    .limit(bug == Bug.SWEEP_BLIND ? 1 : Long.MAX_VALUE)
                    .filter(cart -> cart.status().inWork())
                    .forEach(this::find);
            store.deleted(Integer.MAX_VALUE).forEach(this::find);
        }
        for (Due due : carts.values()) {
            Machine.Node holder = due.holder;
            boolean silent = holder != null && (holder.crashed || holder.frozen);
            due.silentSince = !silent ? -1 : due.silentSince < 0 ? machine.now() : due.silentSince;
        }
        offer();
        machine.at(machine.now() + LOOK.toNanos(), this::sweep);
    }

    /** Wakes those who wait for work if there is some: to wake them for nothing is most of what a run would cost. */
    private void offer() {
        if (!away.isAway() && carts.values().stream().anyMatch(this::isFree)) {
            changed.wakeAll();
        }
    }

    private void find(Cart cart) {
        carts.computeIfAbsent(cart.id(), id -> new Due(id, machine.now()));
    }

    /** How many carts have a step to come, or one that runs. */
    int unfinished() {
        return carts.size();
    }

    private void wake(long cart) {
        away.requireThere();
        if (bug == Bug.LOST_WAKE && machine.random.nextInt(4) == 0) {
            return;
        }
        Due due = carts.get(cart);
        if (due == null) {
            carts.put(cart, new Due(cart, machine.now()));
        } else if (due.holder != null) {
            due.woken = true;
        } else {
            due.at = Math.min(due.at, machine.now());
        }
        offer();
    }

    /** The scheduler as a node uses it. */
    Scheduler of(Machine.Node node, int threads) {
        return new Scheduler() {
            private boolean paused;
            private boolean closed;

            @Override
            public void start(Step step) {
                for (int i = 0; i < threads; i++) {
                    machine.start(node, "step", () -> work(step));
                }
            }

            private void work(Step step) {
                while (!closed) {
                    Due due = paused ? null : take(node);
                    if (due != null) {
                        run(step, due, due.lease);
                    } else {
                        try {
                            changed.await(Long.MAX_VALUE);
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                }
            }

            @Override
            public void pause() {
                paused = true;
            }

            @Override
            public void resume() {
                paused = false;
                changed.wakeAll();
            }

            @Override
            public void wake(long cartId) {
                machine.check();
                Leases.this.wake(cartId);
            }

            @Override
            public void close() {
                closed = true;
                changed.wakeAll();
            }
        };
    }

    private @Nullable Due take(Machine.Node node) {
        if (away.isAway()) {
            return null;
        }
        Due next = carts.values().stream()
                .filter(this::isFree)
                .min(Comparator.comparingLong(due -> due.at))
                .orElse(null);
        if (next != null) {
            next.holder = node;
            next.lease = ++leases;
            next.woken = false;
            next.silentSince = -1;
        }
        return next;
    }

    private boolean isFree(Due due) {
        boolean dead = due.silentSince >= 0 && machine.now() - due.silentSince > PATIENCE && bug != Bug.ORPHANS;
        return dead || (due.holder == null && due.at <= machine.now());
    }

    private void run(Scheduler.Step step, Due due, long lease) {
        Optional<Duration> pause;
        boolean failed = false;
        try {
            pause = step.advance(due.cart);
        } catch (RuntimeException e) {
            failed = true;
            pause = Optional.of(Scheduler.retryAfter(due.failures));
        }
        if (due.lease != lease) {
            return; // Another node has the cart.
        }
        due.holder = null;
        due.failures = failed ? due.failures + 1 : 0;
        if (due.woken) {
            due.at = machine.now();
        } else if (pause.isPresent()) {
            due.at = machine.now() + pause.get().toNanos();
            machine.at(due.at, this::offer);
        } else {
            carts.remove(due.cart);
        }
        offer();
    }
}
