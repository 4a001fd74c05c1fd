package dev.cartd.store.space;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.SpaceStore;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.rows.RecordFiles;
import dev.cartd.store.rows.RecordNotices;
import dev.cartd.store.sql.Connections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * The books of the volume in a database. Each statement is a class of its own. Safe for use by many threads and
 * processes.
 */
public record SqlSpaceStore(Connections connections, InstantSource clock, RecordNotices notices) implements SpaceStore {
    @Override
    public ReserveResult reserve(
            Cart claim, List<CartFile> files, long bytes, boolean limited, Function<Books, Decision> decide) {
        return connections.write(handle -> {
            Moment now = Moment.of(connections.dialect(), clock.instant());
            ReserveResult result = ReserveRoom.run(
                    handle,
                    connections.dialect(),
                    claim,
                    bytes,
                    limited,
                    now.instant().toEpochMilli(),
                    decide);
            boolean records = result == ReserveResult.RESERVED;
            return !records || RecordFiles.run(handle, claim, files, now) ? result : ReserveResult.LOST;
        });
    }

    @Override
    public void giveBack(Cart claim) {
        connections.write(handle -> ReserveRoom.giveBack(handle, connections.dialect(), claim));
    }

    @Override
    public List<Waiting> waiting() {
        return connections.read(ReadBooks::readQueue);
    }

    @Override
    public List<Holder> holders() {
        return connections.readMuch(handle -> SelectSpaceHolders.run(handle, clock.instant()));
    }

    @Override
    public List<Shared> shared() {
        return connections.readMuch(SelectSharing::run);
    }

    @Override
    public boolean pin(long cartId, int downloads, Instant until) {
        return connections.writeFirst(handle -> PinCart.run(
                handle,
                connections.node(),
                cartId,
                downloads,
                until,
                Moment.of(connections.dialect(), clock.instant())));
    }

    @Override
    public List<Pin> pins() {
        return connections.read(handle -> PinCart.selectAll(handle, clock.instant()));
    }

    @Override
    public List<Cart> unmeasured() {
        return connections.readMuch(MeasureCart::selectMissing);
    }

    @Override
    public void measured(Cart cart, List<CartFile> files) {
        connections.write(handle -> MeasureCart.run(handle, cart, files));
    }

    @Override
    public boolean keep(long cartId, Instant until, boolean atLeast) {
        return connections.writeFirst(handle -> KeepCart.run(handle, cartId, until, atLeast));
    }

    @Override
    public boolean evict(long cartId, Instant used, String reason) {
        return connections.write(
                handle -> EvictCart.run(handle, connections.dialect(), notices, cartId, used, reason, clock.instant()));
    }
}
