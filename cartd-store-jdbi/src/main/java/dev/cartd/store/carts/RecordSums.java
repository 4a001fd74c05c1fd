package dev.cartd.store.carts;

import dev.cartd.cart.CartFile;
import dev.cartd.store.sql.Batches;
import java.sql.Types;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Records the CRC-32s and SHA-256s of files of a cart, as far as they are known. */
final class RecordSums {
    private static final String SQL =
            "update file set crc = coalesce(?, crc), sha256 = coalesce(?, sha256)" + " where id = ? and cart_id = ?";

    private RecordSums() {}

    static void run(Handle handle, long cartId, List<CartFile> files) {
        Batches.run(handle, SQL, files, (row, file) -> {
            row.setObject(1, file.hasCrc() ? file.crc() : null, Types.BIGINT);
            row.setString(2, file.sha256().orElse(null));
            row.setLong(3, file.id());
            row.setLong(4, cartId);
        });
    }
}
