package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Standstill;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.TwinStore;
import dev.cartd.spi.VolumeStore;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.NulFree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Carts in a database. Each query is a class of its own; this one says which of them make a transaction. */
final class SqlCartStore implements CartStore {
    private static final Duration COUNT_EVERY = Duration.ofSeconds(30);

    private final Connections connections;
    private final InstantSource clock;

    SqlCartStore(Connections connections, InstantSource clock) {
        this.connections = connections;
        this.clock = clock;
    }

    @Override
    public Cart add(CartRequest request, long above) {
        // Before the transaction: the digest takes a while for many files.
        String content = request.content();
        return connections.write(
                handle -> new AddCart(handle, connections.dialect(), now()).joinOrAdd(request, content, above));
    }

    @Override
    public List<Cart> live(String uid) {
        return NulFree.may(uid) ? connections.read(handle -> LiveCarts.of(handle, uid)) : List.of();
    }

    @Override
    public List<Cart> live(long below, int most) {
        return connections.readMuch(handle -> LiveCarts.below(handle, below, most));
    }

    @Override
    public List<Cart> deleted(int most) {
        return connections.readMuch(handle -> LiveCarts.deleted(handle, most));
    }

    @Override
    public List<CartFile> files(long cartId) {
        return connections.readMuch(handle -> FilesOfCart.of(handle, cartId));
    }

    @Override
    public long memory(long cartId) {
        return connections.readMuch(handle -> FilesOfCart.memory(handle, cartId));
    }

    @Override
    public List<Long> delete(String uid) {
        return NulFree.may(uid)
                ? connections.write(handle -> DeleteCarts.of(handle, connections.dialect(), uid, now()))
                : List.of();
    }

    @Override
    public Optional<Cart> claim(long cartId) {
        return connections.write(handle -> ClaimCart.of(handle, cartId, now(), clock.millis()));
    }

    @Override
    public boolean record(Cart claim, List<CartFile> files) {
        return files.isEmpty()
                ? recordCart(claim)
                : connections.write(handle ->
                        RecordProgress.withFiles(handle, claim, now()) && RecordFiles.of(handle, claim, files));
    }

    private boolean recordCart(Cart claim) {
        Optional<Cart> held = connections.read(handle -> HeldCart.of(handle, claim));
        // A worker asks often whether its claim still holds: that alone must not cost a write.
        return held.filter(now -> now.progress().equals(claim.progress())
                                && now.held() == claim.held()
                                && isNoNews(claim.standstill(), now.standstill())
                                && now.boot().equals(claim.boot()))
                        .isPresent()
                || (held.isPresent() && connections.write(handle -> RecordProgress.of(handle, claim)));
    }

    private static boolean isNoNews(Standstill told, Standstill known) {
        Duration counted = Duration.between(known.counted(), told.counted());
        return told.saysLike(known) && counted.compareTo(COUNT_EVERY) < 0;
    }

    @Override
    public boolean move(Cart cart, CartStatus next, String reason, String bundlePath) {
        if (!cart.status().mayBecome(next)) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be " + next.word());
        }
        return connections.write(handle ->
                new MoveCart(connections.dialect(), clock.instant()).of(handle, cart, next, reason, bundlePath));
    }

    @Override
    public boolean restage(Cart cart) {
        if (cart.status() != CartStatus.READY && cart.status() != CartStatus.ERROR) {
            throw new IllegalArgumentException("a cart that is " + cart.status().word() + " cannot be staged again");
        }
        return connections.write(handle -> RestageCart.of(handle, cart, now()));
    }

    @Override
    public void removed(long cartId) {
        connections.write(handle -> MarkRemoved.of(handle, cartId));
    }

    @Override
    public int forget(Instant before) {
        connections.write(ForgetCarts::adopt);
        Moment moment = Moment.of(connections.dialect(), before);
        List<Long> old = connections.readMuch(handle -> ForgetCarts.old(handle, moment));
        return old.stream()
                .mapToInt(cart -> connections.write(handle -> ForgetCarts.one(handle, cart)))
                .sum();
    }

    @Override
    public TwinStore twins() {
        return new SqlTwinStore(connections, clock);
    }

    @Override
    public SpaceStore space() {
        return new SqlSpaceStore(connections, clock);
    }

    @Override
    public VolumeStore volume() {
        return new SqlVolumeStore(connections, clock);
    }

    /** The database is closed by who opened it. */
    @Override
    public void close() {}

    private Moment now() {
        return Moment.of(connections.dialect(), clock.instant());
    }
}
