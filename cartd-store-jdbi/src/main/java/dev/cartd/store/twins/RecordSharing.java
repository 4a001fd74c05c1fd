package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Batches;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Records that files of a claimed cart share their bytes with staged files of other carts. */
final class RecordSharing {
    private static final String THEIRS = """
            update file set share = coalesce(share, id) where id = ? and status = 'staged'
                and exists (select 1 from cart where cart.id = file.cart_id and\s""" + CartRow.LIVE + ")"
            + " and exists (select 1 from cart where cart.id = ? and epoch = ? and " + CartRow.IN_WORK + ")";

    /** A file that lost its bytes may get them back from a file that had them from it: it does not own them. */
    private static final String DISOWN = "update file set share = -share where share = ?";

    private static final String MINE =
            "update file set share = (select share from file as twin where twin.id = ?) where id = ?";

    private RecordSharing() {}

    static Set<Long> run(Handle handle, Cart claim, Map<Long, Long> twins) {
        List<Map.Entry<Long, Long>> pairs = List.copyOf(twins.entrySet());
        List<Map.Entry<Long, Long>> shared = Batches.run(handle, THEIRS, pairs, (row, pair) -> {
            row.setLong(1, pair.getValue());
            row.setLong(2, claim.id());
            row.setLong(3, claim.epoch());
        });
        Batches.run(handle, DISOWN, shared, (row, pair) -> row.setLong(1, pair.getKey()));
        Batches.run(handle, MINE, shared, (row, pair) -> {
            row.setLong(1, pair.getValue());
            row.setLong(2, pair.getKey());
        });
        return shared.stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }
}
