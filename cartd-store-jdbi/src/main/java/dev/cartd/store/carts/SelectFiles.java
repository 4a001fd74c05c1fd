package dev.cartd.store.carts;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Memory;
import dev.cartd.store.rows.FileRow;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The files of a cart, in the order of their numbers. */
final class SelectFiles {
    private static final String SQL = "select " + FileRow.COLUMNS + " from file where cart_id = :cart order by id";

    /**
     * As many as are read from the connection at a time: else a driver would hold all rows beside what is made of them.
     */
    private static final int FETCH = 1000;

    private static final String MEMORY = "select count(*), coalesce(sum(" + bytes("file_name") + " + "
            + bytes("bundle_path") + " + " + bytes("hash_type") + " + " + bytes("hash_value") + "), 0)"
            + " from file where cart_id = :cart";

    private SelectFiles() {}

    /** Java keeps a text that is not ASCII with two bytes a character, or one; here it counts as two. */
    private static String bytes(String column) {
        return "coalesce(case when octet_length(" + column + ") = length(" + column + ") then length(" + column
                + ") else 2 * length(" + column + ") end, 0)";
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
