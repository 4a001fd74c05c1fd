package dev.cartd.store.rows;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Wait;
import dev.cartd.store.sql.NulFree;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Records the progress of a claimed cart; false if the claim does not hold any more. */
final class RecordProgress {
    private static final String SQL = """
            update cart set file_count = :files, staged_count = :staged, total_bytes = :bytes,
                staged_bytes = :stagedBytes, held = :held, boot = :boot,
                stalled = :stalled, counted_at = :counted, wait_kind = :kind, wait_since = :since, waited = :waited,
                wait_limit = :limit, wait_detail = :detail, updated_date = coalesce(:changed, updated_date),
                used_as = coalesce(:changed, used_as), used_at = coalesce(:changedAt, used_at)
            where\s""" + ClaimCheck.HOLDS;

    private RecordProgress() {}

    /** Records the cart's own values only; the cart does not count as changed. */
    static boolean run(Handle handle, Cart claim) {
        return update(handle, claim, null);
    }

    /** Records the cart's own values together with files, so that the cart counts as changed at {@code now}. */
    static boolean runWithFiles(Handle handle, Cart claim, Moment now) {
        return update(handle, claim, now);
    }

    private static boolean update(Handle handle, Cart claim, @Nullable Moment changed) {
        Cart.Progress progress = claim.progress();
        Optional<Wait> wait = claim.standstill().waitsFor();
        return handle.createUpdate(SQL)
                        .bind("files", progress.files())
                        .bind("staged", progress.staged())
                        .bind("bytes", progress.bytes().orElse(CartFile.UNKNOWN))
                        .bind("stagedBytes", progress.stagedBytes())
                        .bind("held", claim.held())
                        .bind("stalled", claim.standstill().stalled().toMillis())
                        .bind("counted", claim.standstill().counted().toEpochMilli())
                        .bind("kind", wait.map(Wait::kind).map(Wait.Kind::word).orElse(null))
                        .bind(
                                "since",
                                wait.map(Wait::since).map(Instant::toEpochMilli).orElse(null))
                        .bind(
                                "waited",
                                wait.map(Wait::waited).map(Duration::toMillis).orElse(null))
                        .bind(
                                "limit",
                                wait.flatMap(Wait::limit)
                                        .map(Duration::toMillis)
                                        .orElse(null))
                        .bind(
                                "detail",
                                wait.map(Wait::detail).map(NulFree::text).orElse(null))
                        .bind("boot", claim.durability().text())
                        .bind("changed", changed == null ? null : changed.local())
                        .bind("changedAt", changed == null ? null : changed.micros())
                        .bind("cart", claim.id())
                        .bind("epoch", claim.epoch())
                        .bind("deleted", ClaimCheck.deleted(claim))
                        .execute()
                == 1;
    }
}
