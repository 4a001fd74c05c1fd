package dev.cartd.store;

import dev.cartd.cart.Cart;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Records how far a claimed cart is; tells whether the claim holds. */
final class RecordProgress {
    private static final String SQL = """
            update cart set file_count = :files, staged_count = :staged, total_bytes = :bytes,
                staged_bytes = :stagedBytes, held = :held, away_since = :away, boot = :boot,
                updated_date = coalesce(:changed, updated_date), moved_at = coalesce(:moved, moved_at)
            where\s""" + HeldCart.HOLDS;

    private RecordProgress() {}

    /** Of the cart alone. */
    static boolean of(Handle handle, Cart claim) {
        return of(handle, claim, null, null);
    }

    /** With files, so that the cart was moved {@code now}. */
    static boolean withFiles(Handle handle, Cart claim, Dialect dialect, Instant now) {
        return of(handle, claim, dialect.moment(now), now.toEpochMilli());
    }

    private static boolean of(Handle handle, Cart claim, @Nullable Object changed, @Nullable Long moved) {
        Cart.Progress progress = claim.progress();
        return handle.createUpdate(SQL)
                        .bind("files", progress.files())
                        .bind("staged", progress.staged())
                        .bind("bytes", progress.bytes())
                        .bind("stagedBytes", progress.stagedBytes())
                        .bind("held", claim.held())
                        .bind("away", claim.away().map(Instant::toEpochMilli).orElse(null))
                        .bind("boot", claim.boot())
                        .bind("changed", changed)
                        .bind("moved", moved)
                        .bind("cart", claim.id())
                        .bind("epoch", claim.epoch())
                        .bind("deleted", HeldCart.deleted(claim))
                        .execute()
                == 1;
    }
}
