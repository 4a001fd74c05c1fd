package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Batches;
import dev.cartd.store.sql.Dialect;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Marks files as being pulled by a claim, except those that another cart has or is pulling. */
final class BeginPulls {
    private static final String LEASE =
            "update cart set pulls_until = ? where id = ? and epoch = ? and " + CartRow.IN_WORK;
    private static final String PULLS = "update file set pulling = ? where id = ?";

    private BeginPulls() {}

    static Optional<Map<Long, Twin>> run(
            Handle handle, Dialect dialect, Cart claim, List<CartFile> files, Instant until, long now) {
        if (!files.isEmpty()) {
            dialect.lock(handle, Dialect.Lock.PULLS);
        }
        if (handle.execute(LEASE, until.toEpochMilli(), claim.id(), claim.epoch()) == 0) {
            return Optional.empty();
        }
        Map<Long, Twin> twins = FindTwins.run(handle, files, now);
        List<CartFile> ours =
                files.stream().filter(file -> !twins.containsKey(file.id())).toList();
        Batches.run(handle, PULLS, ours, (row, file) -> {
            row.setLong(1, claim.epoch());
            row.setLong(2, file.id());
        });
        return Optional.of(twins);
    }
}
