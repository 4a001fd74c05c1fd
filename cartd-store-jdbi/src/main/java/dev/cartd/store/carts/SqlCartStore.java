package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Standstill;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.VolumeStore;
import dev.cartd.store.rows.ClaimCheck;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.rows.RecordFiles;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.NulFree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The carts of a database. Each statement is a class of its own; this class combines them to transactions. Safe for use
 * by many threads and processes.
 */
public final class SqlCartStore implements CartStore {
    private static final Duration COUNT_EVERY = Duration.ofSeconds(30);

    private final Connections connections;
    private final InstantSource clock;
    private final TwinStore twins;
    private final SpaceStore space;
    private final VolumeStore volume;
    private final RecordNotices notices;

    /** A store on these connections, which returns the other stores as its parts. */
    public SqlCartStore(
            Connections connections,
            InstantSource clock,
            TwinStore twins,
            SpaceStore space,
            VolumeStore volume,
            RecordNotices notices) {
        this.notices = notices;
        this.connections = connections;
        this.clock = clock;
        this.twins = twins;
        this.space = space;
        this.volume = volume;
    }

    @Override
    public Cart add(CartRequest request, long above) {
        // Computed before the transaction: the digest of many files takes a while.
        String content = request.content();
        return connections.writeFirst(
                handle -> AddCart.run(handle, connections.dialect(), request, content, above, now()));
    }

    @Override
    public List<Cart> live(String uid) {
        return NulFree.isStorable(uid) ? connections.read(handle -> SelectCarts.ofUid(handle, uid)) : List.of();
    }

    @Override
    public List<Cart> live(long below, int most) {
        return connections.readMuch(handle -> SelectCarts.below(handle, below, most));
    }

    @Override
    public List<Cart> find(Set<CartStatus> states, String part, long below, int most) {
        return NulFree.isStorable(part)
                ? connections.readMuch(handle -> FindCarts.run(handle, states, part, below, most))
                : List.of();
    }

    @Override
    public List<Cart> deleted(int most) {
        return connections.readMuch(handle -> SelectCarts.deleted(handle, most));
    }

    @Override
    public Optional<Cart> deleted(String uid) {
        return NulFree.isStorable(uid)
                ? connections.read(handle -> SelectCarts.lastDeleted(handle, uid))
                : Optional.empty();
    }

    @Override
    public List<CartFile> files(long cartId, long after, Optional<FileStatus> status, int most) {
        return connections.readMuch(handle -> SelectFiles.page(handle, cartId, after, status, most));
    }

    @Override
    public FileCounts counts(long cartId) {
        return connections.readMuch(handle -> CountFiles.run(handle, cartId));
    }

    @Override
    public List<CartFile> files(long cartId) {
        return connections.readMuch(handle -> SelectFiles.run(handle, cartId));
    }

    @Override
    public List<CartFile> recalled(long cartId, long after, int most) {
        return connections.readMuch(handle -> SelectFiles.recalled(handle, cartId, after, most));
    }

    @Override
    public long memory(long cartId) {
        return connections.readMuch(handle -> SelectFiles.sumMemory(handle, cartId));
    }

    @Override
    public List<Long> delete(String uid) {
        return NulFree.isStorable(uid)
                ? connections.writeFirst(handle -> DeleteCarts.run(handle, connections.dialect(), uid, now()))
                : List.of();
    }

    @Override
    public Optional<Cart> claim(long cartId) {
        return connections.write(handle -> ClaimCart.run(handle, cartId, now(), clock.millis()));
    }

    @Override
    public boolean record(Cart claim, List<CartFile> files) {
        return files.isEmpty()
                ? recordCart(claim)
                : connections.write(handle -> RecordFiles.run(handle, claim, files, now()));
    }

    private boolean recordCart(Cart claim) {
        Optional<Cart> stored = connections.read(handle -> ClaimCheck.run(handle, claim));
        // A worker checks its claim often: a check without news must not cost a write.
        return stored.filter(now -> now.progress().equals(claim.progress())
                                && now.held() == claim.held()
                                && isAlmostStored(claim.standstill(), now.standstill())
                                && now.durability().equals(claim.durability()))
                        .isPresent()
                || (stored.isPresent()
                        && connections.write(handle -> RecordFiles.run(handle, claim, List.of(), now())));
    }

    private static boolean isAlmostStored(Standstill claimed, Standstill stored) {
        Duration counted = Duration.between(stored.counted(), claimed.counted());
        return claimed.hasSameWait(stored) && counted.compareTo(COUNT_EVERY) < 0;
    }

    @Override
    public boolean move(Cart cart, CartStatus next, String reason, String bundlePath) {
        return connections.write(handle -> {
            boolean moved = move(handle, cart, next, reason, bundlePath);
            if (moved) {
                record(handle, cart, next);
            }
            return moved;
        });
    }

    @Override
    public Optional<Cart> replace(Cart cart, String reason, CartRequest request, long above) {
        String content = request.content();
        return connections.write(handle -> {
            connections.dialect().lockUid(handle, request.uid()); // In the order of a POST: the uid before its carts.
            if (!move(handle, cart, CartStatus.ERROR, reason, "")) {
                return Optional.empty();
            }
            Cart next = AddCart.run(handle, connections.dialect(), request, content, above, now());
            MoveUrls.run(handle, cart.id(), next.id());
            return Optional.of(next);
        });
    }

    /** Nobody is told of a cart that is replaced, but of the one in its place. */
    private void record(Handle handle, Cart cart, CartStatus next) {
        RecordNotices.event(next).ifPresent(event -> notices.run(handle, cart.id(), event, clock.instant()));
    }

    private boolean move(Handle handle, Cart cart, CartStatus next, String reason, String bundlePath) {
        if (!cart.status().mayBecome(next)) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be " + next.word());
        }
        return MoveCart.run(handle, connections.dialect(), cart, next, reason, bundlePath, clock.instant());
    }

    @Override
    public boolean finish(Cart claim, List<CartFile> files, String remark, String bundlePath) {
        if (claim.status() != CartStatus.STAGING && claim.status() != CartStatus.BUNDLING) {
            throw new IllegalArgumentException(
                    "a cart that is " + claim.status().word() + " cannot be finished");
        }
        Cart ended = claim.with(claim.standstill().ended());
        return connections.write(handle -> {
            Moment now = now();
            boolean holds = MoveCart.run(
                            handle, connections.dialect(), claim, CartStatus.READY, remark, bundlePath, now.instant())
                    && RecordFiles.run(handle, ended, files, now);
            if (holds) {
                record(handle, claim, CartStatus.READY);
            }
            return holds;
        });
    }

    @Override
    public boolean restage(Cart cart) {
        if (cart.status() != CartStatus.READY && cart.status() != CartStatus.ERROR) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be staged again");
        }
        return connections.write(handle -> RestageCart.run(handle, cart, now()));
    }

    @Override
    public void recordSums(long cartId, List<CartFile> files) {
        connections.write(handle -> {
            RecordSums.run(handle, cartId, files);
            return true;
        });
    }

    @Override
    public void removed(long cartId) {
        connections.write(handle -> MarkRemoved.run(handle, cartId));
    }

    @Override
    public int forget(Instant before) {
        connections.write(ForgetCarts::adoptDeleted);
        Moment moment = Moment.of(connections.dialect(), before);
        List<Long> old = connections.readMuch(handle -> ForgetCarts.selectOld(handle, moment));
        return old.stream()
                .mapToInt(cart -> connections.write(handle -> ForgetCarts.deleteOne(handle, cart)))
                .sum();
    }

    @Override
    public TwinStore twins() {
        return twins;
    }

    @Override
    public SpaceStore space() {
        return space;
    }

    @Override
    public VolumeStore volume() {
        return volume;
    }

    /**
     * The number of deleted carts that may still have files on the volume.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the database cannot be read
     */
    public long leftOver() {
        return connections.read(MarkRemoved::countLeft);
    }

    @Override
    public Optional<Outage.Away> away() {
        return connections.away();
    }

    /** Does nothing: {@code Database} closes the connections. */
    @Override
    public void close() {}

    private Moment now() {
        return Moment.of(connections.dialect(), clock.instant());
    }
}
