package dev.cartd.store;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The content of a cart of the original, computed from its files: it did not store a digest. Only for a cart with no more
 * files than the request that it is compared with, and none if no request could ask for what the cart holds.
 */
final class OldContent {
    private static final String FILES = "select file_name, bundle_path, hash_type, hash_value from file"
            + " where cart_id = :cart order by id limit :most";

    private OldContent() {}

    static Optional<String> of(Handle handle, long cartId, boolean bundle, CartRequest request) {
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
