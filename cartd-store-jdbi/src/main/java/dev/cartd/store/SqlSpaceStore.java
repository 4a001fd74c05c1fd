package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.SpaceStore;
import dev.cartd.store.sql.Connections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/** The books of the volume in a database; each query is a class of its own. */
record SqlSpaceStore(Connections connections, InstantSource clock) implements SpaceStore {
    @Override
    public Answer reserve(Cart claim, long bytes, Function<Books, Decision> decide) {
        return connections.write(
                handle -> ReserveRoom.of(handle, connections.dialect(), claim, bytes, clock.millis(), decide));
    }

    @Override
    public void giveBack(Cart claim) {
        connections.write(handle -> ReserveRoom.giveBack(handle, connections.dialect(), claim));
    }

    @Override
    public List<Waiting> waiting() {
        return connections.read(ReadBooks::line);
    }

    @Override
    public List<Held> held() {
        return connections.readMuch(handle -> HeldCarts.of(handle, clock.instant()));
    }

    @Override
    public List<Shared> shared() {
        return connections.readMuch(SharedFiles::of);
    }

    @Override
    public boolean pin(long cartId, int downloads, Instant until) {
        return connections.write(handle -> new PinCart(handle, connections.node())
                .pin(cartId, downloads, until, Moment.of(connections.dialect(), clock.instant())));
    }

    @Override
    public List<Pin> pins() {
        return connections.read(handle -> PinCart.all(handle, clock.instant()));
    }

    @Override
    public List<Cart> unmeasured() {
        return connections.readMuch(MeasureCart::missing);
    }

    @Override
    public void measured(Cart cart, List<CartFile> files) {
        connections.write(handle -> MeasureCart.of(handle, cart, files));
    }

    @Override
    public boolean keep(long cartId, Instant until, boolean atLeast) {
        return connections.write(handle -> KeepCart.of(handle, cartId, until, atLeast));
    }

    @Override
    public boolean evict(long cartId, Instant used, String reason) {
        return connections.write(
                handle -> new EvictCart(handle, connections.dialect(), clock.instant()).of(cartId, used, reason));
    }
}
