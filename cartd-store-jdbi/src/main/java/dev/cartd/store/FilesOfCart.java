package dev.cartd.store;

import dev.cartd.cart.CartFile;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The files of a cart, in the order of their numbers. */
final class FilesOfCart {
    private static final String SQL = "select " + FileRow.COLUMNS + " from file where cart_id = :cart order by id";

    private FilesOfCart() {}

    static List<CartFile> of(Handle handle, long cartId) {
        return handle.createQuery(SQL)
                .bind("cart", cartId)
                .mapTo(CartFile.class)
                .list();
    }
}
