package dev.cartd.store.rows;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.store.sql.Batches;
import dev.cartd.store.sql.NulFree;
import java.sql.Types;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Records the progress of a claimed cart, and the state of files of it. */
public final class RecordFiles {
    private static final String SQL = """
            update file set status = ?, error = ?, size = ?, mtime = ?, online = ?, asked = ?, tries = ?, crc = ?,
                sha256 = ?, receipt = ?,
                share = case when ? = 'waiting' or (? = 'staged' and share <> id and ? = 0) then null else share end
            where id = ? and cart_id = ?""";

    private RecordFiles() {}

    /**
     * Records the cart's own values and these files. If there are files, the cart counts as changed at {@code now}.
     *
     * @return whether the claim still holds; if not, nothing is recorded
     */
    public static boolean run(Handle handle, Cart claim, List<CartFile> files, Moment now) {
        if (files.isEmpty()) {
            return RecordProgress.run(handle, claim);
        }
        if (!RecordProgress.runWithFiles(handle, claim, now)) {
            return false;
        }
        Batches.run(handle, SQL, files, (row, file) -> {
            row.setString(1, file.status().word());
            row.setString(2, NulFree.text(file.reason()));
            row.setLong(3, file.size());
            row.setLong(4, file.mtime());
            row.setBoolean(5, file.online());
            row.setLong(6, file.asked());
            row.setInt(7, file.tries());
            row.setObject(8, file.hasCrc() ? file.crc() : null, Types.BIGINT);
            row.setString(9, file.sha256().orElse(null));
            row.setString(10, file.hasReceipt() ? NulFree.text(file.receipt()) : null);
            row.setString(11, file.status().word());
            row.setString(12, file.status().word());
            row.setInt(13, file.shared() ? 1 : 0);
            row.setLong(14, file.id());
            row.setLong(15, claim.id());
        });
        return true;
    }
}
