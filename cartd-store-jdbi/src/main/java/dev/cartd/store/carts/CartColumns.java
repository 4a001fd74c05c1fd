package dev.cartd.store.carts;

import dev.cartd.store.rows.CartRow;
import dev.cartd.store.sql.Connections;
import dev.cartd.store.sql.LocalTimeText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Reads carts and files in the columns that Pacifica Cartd shows, page by page, so that any number of rows needs little
 * memory. Safe for use by many threads. Methods fail with {@link dev.cartd.cart.CartException.Unavailable} if the
 * database cannot be read, also while a stream is consumed.
 */
public record CartColumns(Connections connections) {
    private static final int PAGE = 500;
    private static final String CART =
            "id, cart_uid, bundle_path, bundle, creation_date, updated_date, deleted_date, status, error";
    private static final String CARTS =
            "select " + CART + " from cart where id < :at and " + CartRow.LIVE + " order by id desc limit " + PAGE;
    private static final String ONE = "select " + CART + " from cart where id = :cart";
    private static final String FILES = "select id, cart_id as cart, file_name, bundle_path, hash_type, hash_value,"
            + " status, error from file where cart_id = :cart and id > :at order by id limit " + PAGE;

    /** The columns of all live carts, newest first. The stream reads rows while it is consumed. */
    public Stream<Map<String, String>> carts() {
        return pages(
                Long.MAX_VALUE,
                at -> read(handle -> handle.createQuery(CARTS)
                        .bind("at", at)
                        .map((row, context) -> texts(row))
                        .list()));
    }

    /** The columns of one cart, live or deleted; empty if there is no such row. */
    public Optional<Map<String, String>> cart(long cart) {
        return read(handle -> handle.createQuery(ONE)
                .bind("cart", cart)
                .map((row, context) -> texts(row))
                .findOne());
    }

    /** The columns of the files of a cart, ordered by id. The stream reads rows while it is consumed. */
    public Stream<Map<String, String>> files(Map<String, String> cart) {
        return pages(
                Long.MIN_VALUE,
                at -> read(handle -> handle.createQuery(FILES)
                        .bind("cart", id(cart))
                        .bind("at", at)
                        .map((row, context) -> texts(row))
                        .list()));
    }

    private <T> T read(Function<Handle, T> query) {
        return connections.readMuch(query);
    }

    private static Stream<Map<String, String>> pages(long first, LongFunction<List<Map<String, String>>> page) {
        return Stream.iterate(
                        page.apply(first),
                        rows -> !rows.isEmpty(),
                        rows -> rows.size() < PAGE ? List.of() : page.apply(id(rows.get(rows.size() - 1))))
                .flatMap(List::stream);
    }

    private static long id(Map<String, String> columns) {
        return Long.parseLong(columns.getOrDefault("id", "0"));
    }

    private static Map<String, String> texts(ResultSet row) throws SQLException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            String name = row.getMetaData().getColumnLabel(i);
            texts.put(name, text(row, i, name));
        }
        return texts;
    }

    private static String text(ResultSet row, int column, String name) throws SQLException {
        Object value = row.getObject(column);
        if (value == null) {
            return "None";
        }
        if (name.equals("bundle")) {
            return row.getBoolean(column) ? "True" : "False";
        }
        return value instanceof java.sql.Timestamp
                ? LocalTimeText.format(row.getObject(column, LocalDateTime.class))
                : value.toString();
    }
}
