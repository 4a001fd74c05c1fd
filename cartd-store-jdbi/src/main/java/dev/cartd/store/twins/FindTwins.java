package dev.cartd.store.twins;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.store.rows.CartRow;
import dev.cartd.store.rows.FileRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Finds the twins of files in other carts. Staged files of Pacifica Cartd whose size was never measured are not used as
 * twins.
 */
final class FindTwins {
    /** The number of files in one statement: SQLite allows only some thousands of parameters. */
    private static final int FILES_PER_STATEMENT = 1000;

    /** Limited to one twin, since thousands of carts may have the same file. */
    private static final String SAME = """
            (select other.id from file other join cart on cart.id = other.cart_id
                where other.hash_value = mine.hash_value and other.hash_type = mine.hash_type
                    and other.file_name = mine.file_name and other.cart_id <> mine.cart_id
                    and cart.deleted_date is null and cart.status <> 'deleted' and %s limit 1)""";

    private static final String LINKABLE =
            "other.status = 'staged' and other.size >= 0 and not coalesce(cart.bundle, :no)";
    private static final String STAGED = "other.status = 'staged' and other.size >= 0";
    private static final String BEING_PULLED = """
            other.status = 'staging' and other.pulling = cart.epoch and cart.pulls_until > :now
                and cart.pulls_until <= :now + 120000
                    and cart.status in ('staging', 'bundling')""";
    private static final String BEST = "select id as mine, other from (select mine.id as id, coalesce("
            + String.join(",", SAME.formatted(LINKABLE), SAME.formatted(STAGED), SAME.formatted(BEING_PULLED))
            + ") as other from file mine where mine.id in (<files>)) as best where other is not null";
    private static final String CARTS =
            "select " + CartRow.COLUMNS + " from cart where id in (select cart_id from file where id in (<ids>))";
    private static final String FILES = "select " + FileRow.COLUMNS + ", cart_id from file where id in (<ids>)";

    private record Pair(long mine, long other) {}

    private FindTwins() {}

    static List<Twin> run(Handle handle, List<CartFile> files, long now) {
        List<Twin> found = new ArrayList<>();
        for (int from = 0; from < files.size(); from += FILES_PER_STATEMENT) {
            found.addAll(
                    findBatch(handle, files.subList(from, Math.min(files.size(), from + FILES_PER_STATEMENT)), now));
        }
        return found;
    }

    private static List<Twin> findBatch(Handle handle, List<CartFile> files, long now) {
        Map<Long, Long> pairs = new HashMap<>();
        handle.createQuery(BEST)
                .bindList("files", files.stream().map(CartFile::id).toList())
                .bind("no", false)
                .bind("now", now)
                .map((row, context) -> new Pair(row.getLong("mine"), row.getLong("other")))
                .forEach(pair -> pairs.put(pair.mine, pair.other));
        if (pairs.isEmpty()) {
            return List.of();
        }
        List<Long> ids = List.copyOf(new TreeSet<>(pairs.values()));
        Map<Long, Cart> carts = new HashMap<>();
        handle.createQuery(CARTS).bindList("ids", ids).map(new CartRow()).forEach(cart -> carts.put(cart.id(), cart));
        Map<Long, Other> others = new HashMap<>();
        handle.createQuery(FILES)
                .bindList("ids", ids)
                .map((row, context) -> new Other(row.getLong("cart_id"), new FileRow().map(row, context)))
                .forEach(other -> others.put(other.file.id(), other));
        return files.stream()
                .flatMap(file -> twin(file.id(), pairs.get(file.id()), others, carts).stream())
                .toList();
    }

    private record Other(long cart, CartFile file) {}

    /** A twin may be gone between the two queries: then there is none. */
    private static Optional<Twin> twin(long mine, @Nullable Long id, Map<Long, Other> others, Map<Long, Cart> carts) {
        return Optional.ofNullable(id)
                .map(others::get)
                .flatMap(other ->
                        Optional.ofNullable(carts.get(other.cart)).map(cart -> new Twin(mine, cart, other.file)));
    }
}
