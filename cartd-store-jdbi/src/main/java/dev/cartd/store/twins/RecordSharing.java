package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.store.rows.CartRow;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Records that files of a claimed cart share their bytes with staged files of other carts. */
final class RecordSharing {
    private static final String THEIRS = """
            update file set share = coalesce(share, id) where id = ? and status = 'staged'
                and exists (select 1 from cart where cart.id = file.cart_id and\s""" + CartRow.LIVE + ")"
            + " and exists (select 1 from cart where cart.id = ? and epoch = ? and " + CartRow.IN_WORK + ")";
    private static final String MINE =
            "update file set share = (select share from file as twin where twin.id = ?) where id = ?";

    private RecordSharing() {}

    static Set<Long> run(Handle handle, Cart claim, Map<Long, Long> twins) {
        Set<Long> shared = new HashSet<>();
        twins.forEach((mine, theirs) -> {
            if (handle.execute(THEIRS, theirs, claim.id(), claim.epoch()) == 1) {
                handle.execute(MINE, theirs, mine);
                shared.add(mine);
            }
        });
        return shared;
    }
}
