package dev.cartd.store;

import dev.cartd.cart.Cart;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Records how far a claimed cart is; tells whether the claim holds. */
final class RecordProgress {
    private static final String SQL = """
            update cart set file_count = :files, staged_count = :staged, total_bytes = :bytes,
                staged_bytes = :stagedBytes, away_since = :away, boot = :boot, updated_date = coalesce(:changed, updated_date)
            where\s""" + HeldCart.HOLDS;

    private RecordProgress() {}

    /** With a moment in {@code changed} the cart counts as updated then. */
    static boolean of(Handle handle, Cart claim, @Nullable Object changed) {
        Cart.Progress progress = claim.progress();
        return handle.createUpdate(SQL)
                        .bind("files", progress.files())
                        .bind("staged", progress.staged())
                        .bind("bytes", progress.bytes())
                        .bind("stagedBytes", progress.stagedBytes())
                        .bind("away", claim.away().map(Instant::toEpochMilli).orElse(null))
                        .bind("boot", claim.boot())
                        .bind("changed", changed)
                        .bind("cart", claim.id())
                        .bind("epoch", claim.epoch())
                        .bind("deleted", HeldCart.deleted(claim))
                        .execute()
                == 1;
    }
}
