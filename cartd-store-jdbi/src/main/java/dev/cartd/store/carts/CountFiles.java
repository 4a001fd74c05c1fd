package dev.cartd.store.carts;

import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileCounts;
import dev.cartd.cart.FileStatus;
import dev.cartd.store.rows.FileRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/** Counts the files of a cart by their states and types of hashes. */
final class CountFiles {
    /** A row for each combination that there is: few, however many files the cart has. */
    private static final String SQL =
            "select " + FileRow.STATE + " as state, online, case when asked >= 0 then 1 else 0 end as asked,"
                    + " hash_type, count(*) as files from file where cart_id = :cart group by 1, 2, 3, 4";

    private record Group(FileStatus status, boolean onTape, Checksum checksum, int files) {}

    private CountFiles() {}

    static FileCounts run(Handle handle, long cartId) {
        return handle.createQuery(SQL)
                .bind("cart", cartId)
                .map((row, context) -> group(row))
                .reduce(
                        FileCounts.NONE,
                        (counts, group) ->
                                counts.plus(group.status(), group.onTape(), group.checksum(), group.files()));
    }

    private static Group group(ResultSet row) throws SQLException {
        FileStatus status = FileStatus.of(row.getString("state"));
        boolean onTape = status == FileStatus.STAGING && row.getBoolean("asked") && !row.getBoolean("online");
        String type = Objects.requireNonNullElse(row.getString("hash_type"), "");
        return new Group(status, onTape, new Checksum(type, ""), row.getInt("files"));
    }
}
