package dev.cartd.store.carts;

import dev.cartd.cart.CartFile;
import dev.cartd.store.sql.Batches;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Records the CRC-32s of files of a cart. */
final class RecordCrcs {
    private static final String SQL = "update file set crc = ? where id = ? and cart_id = ?";

    private RecordCrcs() {}

    static void run(Handle handle, long cartId, List<CartFile> files) {
        List<CartFile> known = files.stream().filter(CartFile::hasCrc).toList();
        Batches.run(handle, SQL, known, (row, file) -> {
            row.setLong(1, file.crc());
            row.setLong(2, file.id());
            row.setLong(3, cartId);
        });
    }
}
