package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.MarkUsed;
import dev.cartd.store.rows.Moment;
import dev.cartd.store.sql.Batches;
import dev.cartd.store.sql.Dialect;
import dev.cartd.store.sql.NulFree;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Accepts a request: returns the newest live cart of its uid if that has the same content, or adds a cart and its
 * files.
 */
final class AddCart {
    private static final String NEWEST = "select id, cart_uid, bundle, bundle_path, content, " + CartRow.STATE
            + " as state from cart where cart_uid = :uid and " + CartRow.LIVE + " order by id desc limit 1";
    private static final String CART = """
            insert into cart (id, cart_uid, bundle_path, bundle, creation_date, created_at, updated_date,
                used_as, used_at, status, error,
                content, file_count, staged_count, total_bytes, staged_bytes)
            values (:cart, :uid, '', :bundle, :now, :usedAt, :now,
                :now, :usedAt, 'waiting', '', :content, :files, 0, :unknown, 0)
            returning\s""" + CartRow.COLUMNS;
    private static final String FILE = """
            insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)
            values (?, ?, ?, ?, ?, 'waiting', '')""";
    private static final String READ = "select " + CartRow.COLUMNS + " from cart where id = :cart";

    private AddCart() {}

    /**
     * Runs in the transaction of {@code handle}, which has just begun.
     *
     * @param content the content digest of the request
     * @param above a lower bound for the id of a new cart
     * @return the cart, new or joined
     */
    static Cart run(Handle handle, Dialect dialect, CartRequest request, String content, long above, Moment now) {
        dialect.lockUid(handle, request.uid());
        Optional<Long> joined = equalNewest(handle, dialect, request, content);
        if (joined.isPresent()) {
            MarkUsed.run(handle, joined.get(), now);
            return handle.createQuery(READ)
                    .bind("cart", joined.get())
                    .map(new CartRow())
                    .one();
        }
        Cart added = insertCart(handle, dialect, request, content, above, now);
        insertFiles(handle, added.id(), request);
        return added;
    }

    private static Optional<Long> equalNewest(Handle handle, Dialect dialect, CartRequest request, String content) {
        return handle.createQuery(NEWEST + dialect.forUpdate())
                .bind("uid", request.uid())
                .map((row, context) -> new Newest(
                        row.getLong("id"),
                        CartRow.bundle(row),
                        Optional.ofNullable(row.getString("content")),
                        row.getString("state")))
                .findOne()
                .filter(newest -> !newest.state.equals("error"))
                .filter(newest -> newest.content
                        .or(() -> ReadOldContent.run(handle, newest.id, newest.bundle, request))
                        .equals(Optional.of(content)))
                .map(Newest::id);
    }

    private record Newest(long id, boolean bundle, Optional<String> content, String state) {}

    private static Cart insertCart(
            Handle handle, Dialect dialect, CartRequest request, String content, long above, Moment now) {
        return now.in(handle.createQuery(CART))
                .bind("cart", dialect.nextNumber(handle, above))
                .bind("uid", request.uid())
                .bind("bundle", request.bundle())
                .bind("content", content)
                .bind("files", request.items().size())
                .bind("unknown", CartFile.UNKNOWN)
                .map(new CartRow())
                .one();
    }

    private static void insertFiles(Handle handle, long cart, CartRequest request) {
        Batches.run(handle, FILE, request.items(), (row, item) -> {
            row.setLong(1, cart);
            row.setString(2, NulFree.text(item.archiveId()));
            row.setString(3, item.path().value());
            row.setString(4, NulFree.text(item.checksum().type()));
            row.setString(5, NulFree.text(item.checksum().value()));
        });
    }
}
