package dev.cartd.store;

import dev.cartd.cart.Cart;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/** Reserves room on the volume for a claimed cart. */
final class ReserveRoom {
    private static final String HELD_IN_WORK = "id = :cart and epoch = :epoch and " + CartRow.IN_WORK;
    private static final String STAGED = "select coalesce(staged_bytes, 0) from cart where " + HELD_IN_WORK;
    private static final String HAS = "select 1 from cart where reserved >= :bytes and " + HELD_IN_WORK;
    private static final String OTHERS = """
            select coalesce(sum(reserved - coalesce(staged_bytes, 0)), 0) from cart
            where id <> :cart and reserved > coalesce(staged_bytes, 0) and\s""" + CartRow.IN_WORK;
    private static final String RESERVE = "update cart set reserved = :bytes where " + HELD_IN_WORK;

    private ReserveRoom() {}

    static boolean of(Handle handle, Dialect dialect, Cart claim, long bytes, LongSupplier free) {
        dialect.lockRoom(handle);
        Optional<Long> staged = handle.createQuery(STAGED)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .mapTo(Long.class)
                .findOne();
        if (staged.isEmpty()) {
            return false;
        }
        if (handle.createQuery(HAS)
                .bind("bytes", bytes)
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .mapTo(Integer.class)
                .findOne()
                .isPresent()) {
            return true;
        }
        // Before asking what is free: what others stage meanwhile is rather counted twice than not at all.
        long others = handle.createQuery(OTHERS)
                .bind("cart", claim.id())
                .mapTo(Long.class)
                .one();
        return bytes - staged.get() <= free.getAsLong() - others
                && handle.createUpdate(RESERVE)
                                .bind("bytes", bytes)
                                .bind("cart", claim.id())
                                .bind("epoch", claim.epoch())
                                .execute()
                        == 1;
    }
}
