package dev.cartd.local;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.SpaceStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The {@link SpaceStore} of a {@link MemoryStore}; the store's lock guards it. */
final class MemorySpace implements SpaceStore {
    private static final String NODE = "this process";

    private final MemoryStore store;
    private final MemoryTwins twins;
    private final InstantSource clock;
    private final Map<Long, Pin> pins = new HashMap<>();

    MemorySpace(MemoryStore store, MemoryTwins twins, InstantSource clock) {
        this.store = store;
        this.twins = twins;
        this.clock = clock;
    }

    @Override
    public ReserveResult reserve(
            Cart claim, List<CartFile> files, long bytes, boolean limited, Function<Books, Decision> decide) {
        synchronized (store) {
            Optional<Row> asking =
                    store.claimed(claim).filter(row -> row.cart().status().inWork());
            if (asking.isEmpty()) {
                return ReserveResult.LOST;
            }
            if (asking.get().reserved() >= bytes) {
                store.record(claim, files);
                return ReserveResult.RESERVED;
            }
            Decision decision =
                    decide.apply(books(claim.id(), asking.get().cart().held(), limited));
            if (decision instanceof Decision.Grant grant) {
                overtake(grant.overtaken());
                store.put(asking.get().reserved(bytes));
                store.record(claim, files);
                return ReserveResult.RESERVED;
            }
            if (decision instanceof Decision.Wait wait) {
                store.put(asking.get().queued(place(asking.get(), bytes), wait.reason()));
            }
            return ReserveResult.WAITS;
        }
    }

    @Override
    public void giveBack(Cart claim) {
        synchronized (store) {
            store.claimed(claim)
                    .filter(row -> row.cart().status().inWork() && row.waiting().isEmpty())
                    .ifPresent(row -> store.put(row.reserved(0)));
        }
    }

    private Waiting place(Row row, long bytes) {
        Instant since = row.waiting().map(Waiting::since).orElseGet(clock::instant);
        int overtaken = row.waiting().map(Waiting::overtaken).orElse(0);
        return new Waiting(row.cart().id(), row.cart().uid(), since, bytes, overtaken);
    }

    private void overtake(Set<Long> carts) {
        for (long cart : carts) {
            store.row(cart)
                    .ifPresent(row -> row.waiting()
                            .ifPresent(at -> store.put(row.queued(
                                    new Waiting(at.cart(), at.uid(), at.since(), at.bytes(), at.overtaken() + 1),
                                    row.cart().reason()))));
        }
    }

    @Override
    public List<Waiting> waiting() {
        synchronized (store) {
            return store.rows().stream()
                    .flatMap(row -> row.waiting().stream())
                    .sorted(Comparator.comparing(Waiting::since).thenComparing(Waiting::cart))
                    .toList();
        }
    }

    private Books books(long cart, long mine, boolean limited) {
        long own = store.rows().stream().mapToLong(row -> row.cart().held()).sum();
        long used = own + twins.shared().stream().mapToLong(Shared::unowned).sum();
        long promised = store.rows().stream()
                .filter(row -> row.cart().id() != cart)
                .mapToLong(Row::outstanding)
                .sum();
        return new Books(limited ? used : 0, promised, mine, waiting());
    }

    @Override
    public List<Holder> holders() {
        synchronized (store) {
            return store.rows().stream()
                    .filter(row -> row.cart().held() > 0 || row.reserved() > 0 || isEvictable(row.cart()))
                    .map(this::holder)
                    .toList();
        }
    }

    @Override
    public List<Shared> shared() {
        synchronized (store) {
            return twins.shared();
        }
    }

    private static boolean isEvictable(Cart cart) {
        return cart.status() == CartStatus.READY || cart.status() == CartStatus.ERROR;
    }

    private Holder holder(Row row) {
        Cart cart = row.cart();
        Optional<Instant> pinned = pin(cart.id()).map(Pin::until);
        return new Holder(
                cart.id(), cart.uid(), cart.status(), cart.held(), row.reserved(), cart.updated(), cart.kept(), pinned);
    }

    @Override
    public boolean pin(long cartId, int downloads, Instant until) {
        synchronized (store) {
            pins.remove(cartId);
            Optional<Row> row = store.row(cartId).filter(Row::live);
            row.ifPresent(live -> store.put(live.used(clock.instant())));
            boolean ready =
                    row.filter(live -> live.cart().status() == CartStatus.READY).isPresent();
            if (ready && downloads > 0) {
                pins.put(cartId, new Pin(cartId, NODE, downloads, until));
            }
            return ready;
        }
    }

    @Override
    public List<Pin> pins() {
        synchronized (store) {
            return pins.keySet().stream()
                    .sorted()
                    .flatMap(cart -> pin(cart).stream())
                    .toList();
        }
    }

    private Optional<Pin> pin(long cartId) {
        Instant now = clock.instant();
        return Optional.ofNullable(pins.get(cartId))
                .filter(pin -> pin.until().isAfter(now) && !pin.until().isAfter(Pin.latestEnd(now)));
    }

    @Override
    public boolean keep(long cartId, Instant until, boolean atLeast) {
        synchronized (store) {
            Optional<Row> live = store.row(cartId).filter(Row::live);
            live.filter(row -> !atLeast
                            || row.cart().kept().filter(until::isBefore).isEmpty())
                    .ifPresent(row -> store.put(row.kept(until)));
            return live.isPresent();
        }
    }

    @Override
    public boolean evict(long cartId, Instant used, String reason) {
        synchronized (store) {
            Optional<Row> row = store.row(cartId)
                    .filter(now -> isEvictable(now.cart()))
                    .filter(now -> now.cart().updated().equals(used))
                    .filter(now ->
                            now.cart().kept().filter(clock.instant()::isBefore).isEmpty())
                    .filter(now -> pin(cartId).isEmpty());
            row.ifPresent(now ->
                    store.put(now.become(CartStatus.DELETED, reason, now.cart().bundlePath(), clock.instant())));
            return row.isPresent();
        }
    }
}
