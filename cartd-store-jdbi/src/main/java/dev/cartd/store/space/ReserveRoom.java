package dev.cartd.store.space;

import dev.cartd.cart.Cart;
import dev.cartd.spi.SpaceStore.Books;
import dev.cartd.spi.SpaceStore.Decision;
import dev.cartd.spi.SpaceStore.ReserveResult;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Dialect;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Reserves room on the volume for a claimed cart, or adds the cart to the room queue. */
final class ReserveRoom {
    private static final String MINE = "id = :cart and epoch = :epoch and " + CartRow.IN_WORK;
    private static final String READ = "select coalesce(held, 0) as held, reserved from cart where " + MINE;
    private static final String GRANT =
            "update cart set reserved = :bytes, queued_at = null, wanted = null, overtaken = 0, waits = '' where "
                    + MINE;
    private static final String QUEUE =
            "update cart set queued_at = coalesce(queued_at, :now), wanted = :bytes, waits = :reason where " + MINE;
    private static final String GIVE_BACK = "update cart set reserved = 0 where " + MINE;
    private static final String OVERTAKE = "update cart set overtaken = overtaken + 1 where id = :cart";

    private record Own(long held, long reserved) {}

    private ReserveRoom() {}

    static ReserveResult run(
            Handle handle,
            Dialect dialect,
            Cart claim,
            long bytes,
            boolean limited,
            long now,
            Function<Books, Decision> decide) {
        dialect.lock(handle, Dialect.Lock.ROOM);
        Optional<Own> own = handle.createQuery(READ)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .map((row, context) -> new Own(row.getLong("held"), row.getLong("reserved")))
                .findOne();
        if (own.isEmpty()) {
            return ReserveResult.LOST;
        }
        if (own.get().reserved >= bytes) {
            return ReserveResult.RESERVED;
        }
        Decision decision = decide.apply(ReadBooks.run(handle, claim.id(), own.get().held, limited));
        if (decision instanceof Decision.Grant grant) {
            grant.overtaken()
                    .forEach(cart ->
                            handle.createUpdate(OVERTAKE).bind("cart", cart).execute());
            write(handle, GRANT, claim, bytes, now, "");
            return ReserveResult.RESERVED;
        }
        write(handle, QUEUE, claim, bytes, now, ((Decision.Wait) decision).reason());
        return ReserveResult.WAITS;
    }

    /**
     * Gives back the reserved room.
     *
     * @return 1, or 0 if the claim does not hold any more
     */
    static int giveBack(Handle handle, Dialect dialect, Cart claim) {
        dialect.lock(handle, Dialect.Lock.ROOM);
        return handle.createUpdate(GIVE_BACK)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .execute();
    }

    private static void write(Handle handle, String sql, Cart claim, long bytes, long now, String reason) {
        handle.createUpdate(sql)
                .bind("bytes", bytes)
                .bind("now", now)
                .bind("reason", reason)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .execute();
    }
}
