package dev.cartd.store.carts;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.store.rows.CartRow;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Computes the content digest of a cart of Pacifica Cartd, which stored none, from the cart's files. Returns empty if
 * the number of files differs from that of {@code request}, or if no request can have the cart's content.
 */
final class ReadOldContent {
    private static final String FILES = "select file_name, bundle_path, hash_type, hash_value from file"
            + " where cart_id = :cart order by id limit :most";

    private ReadOldContent() {}

    static Optional<String> run(Handle handle, long cartId, boolean bundle, CartRequest request) {
        int most = request.items().size();
        try {
            List<CartRequest.Item> items = handle.createQuery(FILES)
                    .bind("cart", cartId)
                    .bind("most", most + 1)
                    .map((row, context) -> CartRequest.Item.of(
                            CartRow.text(row, "file_name"),
                            CartRow.text(row, "bundle_path"),
                            CartRow.text(row, "hash_type"),
                            CartRow.text(row, "hash_value")))
                    .list();
            return items.size() == most
                    ? Optional.of(new CartRequest(request.uid(), bundle, items).content())
                    : Optional.empty();
        } catch (CartException.Invalid e) {
            return Optional.empty();
        }
    }
}
