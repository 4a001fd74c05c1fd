package dev.cartd.store.space;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Batches;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Finds carts of Pacifica Cartd, whose size was never measured, and records the bytes that they hold and the sizes of
 * their files.
 */
final class MeasureCart {
    private static final String MISSING = "(held is null or (status = 'ready' and coalesce(total_bytes, -1) < 0))"
            + " and status in ('ready', 'error') and " + CartRow.LIVE;
    private static final String READ = "select " + CartRow.COLUMNS + " from cart where " + MISSING + " order by id";
    private static final String CART = """
            update cart set held = :held, file_count = :files, staged_count = :staged, total_bytes = :bytes,
                staged_bytes = :stagedBytes
            where id = :cart and epoch = :epoch and status = :status and\s""" + CartRow.LIVE;
    private static final String FILES =
            "update file set size = ?, mtime = ? where id = ? and cart_id = ? and coalesce(size, -1) < 0";

    private MeasureCart() {}

    static List<Cart> selectMissing(Handle handle) {
        return handle.createQuery(READ).map(new CartRow()).list();
    }

    static boolean run(Handle handle, Cart cart, List<CartFile> files) {
        Cart.Progress progress = cart.progress();
        int changed = handle.createUpdate(CART)
                .bind("held", cart.held())
                .bind("files", progress.files())
                .bind("staged", progress.staged())
                .bind("bytes", progress.bytes().orElse(CartFile.UNKNOWN))
                .bind("stagedBytes", progress.stagedBytes())
                .bind("cart", cart.id())
                .bind("epoch", cart.epoch())
                .bind("status", cart.status().word())
                .execute();
        if (changed == 1) {
            Batches.run(handle, FILES, files, (row, file) -> {
                row.setLong(1, file.size());
                row.setLong(2, file.mtime());
                row.setLong(3, file.id());
                row.setLong(4, cart.id());
            });
        }
        return changed == 1;
    }
}
