package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Batches;
import dev.cartd.store.sql.Dialect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Marks files as being pulled by a claim, except those that another cart has or is pulling. */
final class BeginPulls {
    private static final String LEASE =
            "update cart set pulls_until = :until where id = :cart and epoch = :epoch and " + CartRow.IN_WORK;
    private static final String PULLS = "update file set pulling = ? where id = ?";

    private BeginPulls() {}

    static Optional<List<Twin>> run(
            Handle handle, Dialect dialect, Cart claim, List<CartFile> files, Instant until, long now) {
        if (!files.isEmpty()) {
            dialect.lock(handle, Dialect.Lock.PULLS);
        }
        int held = handle.createUpdate(LEASE)
                .bind("until", until.toEpochMilli())
                .bind("cart", claim.id())
                .bind("epoch", claim.epoch())
                .execute();
        if (held == 0) {
            return Optional.empty();
        }
        List<Twin> twins = FindTwins.run(handle, files, now);
        Set<Long> others = twins.stream().map(Twin::file).collect(Collectors.toSet());
        List<CartFile> ours =
                files.stream().filter(file -> !others.contains(file.id())).toList();
        Batches.run(handle, PULLS, ours, (row, file) -> {
            row.setLong(1, claim.epoch());
            row.setLong(2, file.id());
        });
        return Optional.of(twins);
    }
}
