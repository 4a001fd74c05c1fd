package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.FileRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Finds the twins of files in other carts. Staged files of Pacifica Cartd whose size was never measured are not used as
 * twins.
 */
final class FindTwins {
    /** The number of files in one statement: SQLite allows only some thousands of parameters. */
    private static final int FILES_PER_STATEMENT = 1000;

    /**
     * Limited to one twin, since thousands of carts may have the same file. The first condition is on the file, the
     * second one on its cart. There is no join, which a database might begin with the cart: so it has to use the index
     * {@code file_as_twin}, whatever its statistics say. {@code >} and {@code <} skip the files of the claimed cart, of
     * which thousands may be the same.
     */
    private static final String SAME = """
            (select other.id from file other
                where other.hash_value = mine.hash_value and other.hash_type = mine.hash_type
                    and other.file_name = mine.file_name and other.cart_id %s mine.cart_id and %s
                    and (select deleted_date is null and status <> 'deleted' and %s from cart
                        where cart.id = other.cart_id)
                limit 1)""";

    private static final String STAGED = "other.status = 'staged' and other.size >= 0";
    private static final String BEING_PULLED = "other.status = 'staging' and other.pulling is not null";
    private static final String IN_PULLER = """
            status in ('staging', 'bundling') and epoch = other.pulling
                and pulls_until > :now and pulls_until <= :now + 120000""";
    private static final String BEST = "select mine.id as mine, coalesce("
            + String.join(
                    ", ",
                    same(STAGED, "not coalesce(bundle, false)"),
                    same(STAGED, "true"),
                    same(BEING_PULLED, IN_PULLER))
            + ") as other from file mine where mine.id in (<files>)";
    private static final String CARTS =
            "select " + CartRow.COLUMNS + " from cart where id in (select cart_id from file where id in (<ids>))";
    private static final String FILES = "select " + FileRow.COLUMNS + ", cart_id from file where id in (<ids>)";

    private FindTwins() {}

    private static String same(String file, String cart) {
        return SAME.formatted(">", file, cart) + ", " + SAME.formatted("<", file, cart);
    }

    static Map<Long, Twin> run(Handle handle, List<CartFile> files, long now) {
        Map<Long, Twin> found = new HashMap<>();
        for (int from = 0; from < files.size(); from += FILES_PER_STATEMENT) {
            int to = Math.min(files.size(), from + FILES_PER_STATEMENT);
            found.putAll(findBatch(handle, files.subList(from, to), now));
        }
        return found;
    }

    private static Map<Long, Twin> findBatch(Handle handle, List<CartFile> files, long now) {
        Map<Long, Long> best = handle
                .createQuery(BEST)
                .bindList("files", files.stream().map(CartFile::id).toList())
                .bind("now", now)
                .map((row, context) -> Map.entry(row.getLong("mine"), row.getLong("other")))
                .stream()
                .filter(pair -> pair.getValue() > 0) // else it has none
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (best.isEmpty()) {
            return Map.of();
        }
        List<Long> ids = best.values().stream().distinct().toList();
        Map<Long, Cart> carts = handle.createQuery(CARTS)
                .bindList("ids", ids)
                .map(new CartRow())
                .collect(Collectors.toMap(Cart::id, Function.identity()));
        Map<Long, Twin> others = new HashMap<>();
        handle.createQuery(FILES)
                .bindList("ids", ids)
                .map((row, context) -> Map.entry(row.getLong("cart_id"), new FileRow().map(row, context)))
                .forEach(row -> Optional.ofNullable(carts.get(row.getKey())) // unless it went between the queries
                        .ifPresent(cart -> others.put(row.getValue().id(), new Twin(cart, row.getValue()))));
        Map<Long, Twin> found = new HashMap<>();
        best.forEach((mine, other) -> found.computeIfAbsent(mine, id -> others.get(other)));
        return found;
    }
}
