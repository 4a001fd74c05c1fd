package dev.cartd.store.carts;

import org.jdbi.v3.core.Handle;

/** Has the URLs that are told about a cart told about the cart that replaces it. */
final class MoveUrls {
    private static final String COPY = "insert into cartnotify (cart_id, url)"
            + " select :next, url from cartnotify where cart_id = :cart on conflict (cart_id, url) do nothing";

    private MoveUrls() {}

    static void run(Handle handle, long cart, long next) {
        handle.createUpdate(COPY).bind("cart", cart).bind("next", next).execute();
        handle.createUpdate("delete from cartnotify where cart_id = :cart")
                .bind("cart", cart)
                .execute();
    }
}
