package dev.cartd.store.carts;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.store.rows.FileRow;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads the files of a cart, ordered by id, and computes the memory that they need. */
final class SelectFiles {
    private static final String SQL = "select " + FileRow.COLUMNS + " from file where cart_id = :cart order by id";

    /**
     * The number of rows that the driver fetches at a time; without a limit it would hold all rows in memory beside the
     * objects made of them.
     */
    private static final int FETCH = 1000;

    private static final String MEMORY = "select count(*), coalesce(sum(" + bytes("file_name") + " + "
            + bytes("bundle_path") + " + " + bytes("hash_type") + " + " + bytes("hash_value") + " + " + bytes("receipt")
            + " + case when sha256 is null then 0 else " + Memory.OF_SHA256 + " end), 0)"
            + " from file where cart_id = :cart";

    private SelectFiles() {}

    /**
     * An upper bound for the bytes of a text in memory: Java needs one or two bytes for a character, but only one if
     * the text is ASCII.
     */
    private static String bytes(String column) {
        return "coalesce(case when octet_length(" + column + ") = length(" + column + ") then length(" + column
                + ") else 2 * length(" + column + ") end, 0)";
    }

    /** The condition is that of the index file_recalled. */
    static List<CartFile> recalled(Handle handle, long cartId, long after, int most) {
        return handle.createQuery("select " + FileRow.COLUMNS + " from file where cart_id = :cart and id > :after"
                        + " and receipt is not null order by cart_id, id limit :most")
                .bind("cart", cartId)
                .bind("after", after)
                .bind("most", most)
                .map(new FileRow())
                .list();
    }

    static List<CartFile> page(Handle handle, long cartId, long after, Optional<FileStatus> status, int most) {
        String state = status.isPresent()
                ? " and " + FileRow.STATE + " = '" + status.get().word() + "'"
                : "";
        return handle.createQuery("select " + FileRow.COLUMNS + " from file where cart_id = :cart and id > :after"
                        + state + " order by cart_id, id limit :most")
                .bind("cart", cartId)
                .bind("after", after)
                .bind("most", most)
                .map(new FileRow())
                .list();
    }

    static long sumMemory(Handle handle, long cartId) {
        return handle.createQuery(MEMORY)
                .bind("cart", cartId)
                .map((row, context) -> Memory.ofFiles(row.getLong(1), row.getLong(2)))
                .one();
    }

    static List<CartFile> run(Handle handle, long cartId) {
        return handle.createQuery(SQL)
                .setFetchSize(FETCH)
                .bind("cart", cartId)
                .map(new FileRow())
                .list();
    }
}
