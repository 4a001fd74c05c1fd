package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.store.rows.CartRow;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Records that files of a claimed cart share their bytes with staged files of other carts. */
final class RecordSharing {
    private static final String HELD =
            "select count(*) from cart where id = :cart and epoch = :epoch and " + CartRow.IN_WORK;
    private static final String THEIRS = """
            update file set share = coalesce(share, id) where id = :theirs and status = 'staged'
                and exists (select 1 from cart where cart.id = file.cart_id and (\s""" + CartRow.STATE + """
            ) <> 'deleted')""";
    private static final String MINE =
            "update file set share = (select share from file as twin where twin.id = :theirs) where id = :mine";

    private RecordSharing() {}

    static Set<Long> run(Handle handle, Cart claim, Map<Long, Long> twins) {
        Set<Long> shared = new HashSet<>();
        if (isHeld(handle, claim)) {
            twins.forEach((mine, theirs) -> {
                if (handle.createUpdate(THEIRS).bind("theirs", theirs).execute() == 1) {
                    handle.createUpdate(MINE)
                            .bind("theirs", theirs)
                            .bind("mine", mine)
                            .execute();
                    shared.add(mine);
                }
            });
        }
        return shared;
    }

    private static boolean isHeld(Handle handle, Cart claim) {
        return handle.createQuery(HELD)
                        .bind("cart", claim.id())
                        .bind("epoch", claim.epoch())
                        .mapTo(Long.class)
                        .one()
                == 1;
    }
}
