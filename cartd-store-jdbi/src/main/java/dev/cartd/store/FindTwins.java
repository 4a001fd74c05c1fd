package dev.cartd.store;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.TwinStore.Twin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Looks which files of a cart have twins in others; a row of the original that nobody measured is nothing to go by. */
record FindTwins(Handle handle, long now) {
    /** SQLite takes no more than some thousands of values in a statement. */
    private static final int AT_ONCE = 1000;

    private static final String PAIRS = """
            select mine.id as mine, other.id as other, other.cart_id as cart
            from file mine
            join file other on other.hash_value = mine.hash_value and other.hash_type = mine.hash_type
                and other.file_name = mine.file_name and other.cart_id <> mine.cart_id
            join (select id, epoch, pulls_until, (\s""" + CartRow.STATE + """
            ) as state from cart) as theirs on theirs.id = other.cart_id
            where mine.id in (<files>) and theirs.state <> 'deleted'
                and ((other.status = 'staged' and other.size >= 0)
                    or (other.status = 'staging' and other.pulling = theirs.epoch and theirs.pulls_until > :now
                        and theirs.state in ('staging', 'bundling')))""";
    private static final String CARTS = "select " + CartRow.COLUMNS + " from cart where id in (<ids>)";
    private static final String FILES = "select " + FileRow.COLUMNS + " from file where id in (<ids>)";

    private static final Comparator<Twin> BEST = Comparator.comparing(
                    (Twin twin) -> twin.twin().status() != FileStatus.STAGED)
            .thenComparing(twin -> twin.cart().bundle())
            .thenComparing(twin -> twin.cart().id());

    private record Pair(long mine, long other, long cart) {}

    List<Twin> of(List<CartFile> files) {
        List<Twin> found = new ArrayList<>();
        for (int from = 0; from < files.size(); from += AT_ONCE) {
            found.addAll(some(files.subList(from, Math.min(files.size(), from + AT_ONCE))));
        }
        return found;
    }

    private List<Twin> some(List<CartFile> files) {
        List<Pair> pairs = handle.createQuery(PAIRS)
                .bindList("files", files.stream().map(CartFile::id).toList())
                .bind("now", now)
                .map((row, context) -> new Pair(row.getLong("mine"), row.getLong("other"), row.getLong("cart")))
                .list();
        if (pairs.isEmpty()) {
            return List.of();
        }
        Map<Long, Cart> carts = byNumber(CARTS, Cart.class, ids(pairs, Pair::cart), Cart::id);
        Map<Long, CartFile> others = byNumber(FILES, CartFile.class, ids(pairs, Pair::other), CartFile::id);
        Map<Long, Twin> best = new HashMap<>();
        for (Pair pair : pairs) {
            Twin twin = new Twin(
                    pair.mine,
                    Objects.requireNonNull(carts.get(pair.cart)),
                    Objects.requireNonNull(others.get(pair.other)));
            best.merge(pair.mine, twin, (one, other) -> BEST.compare(one, other) <= 0 ? one : other);
        }
        return files.stream()
                .flatMap(file -> Stream.ofNullable(best.get(file.id())))
                .toList();
    }

    private static List<Long> ids(List<Pair> pairs, Function<Pair, Long> id) {
        return List.copyOf(pairs.stream().map(id).collect(Collectors.toCollection(TreeSet::new)));
    }

    private <T> Map<Long, T> byNumber(String sql, Class<T> type, List<Long> ids, Function<T, Long> id) {
        Map<Long, T> found = new HashMap<>();
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            handle.createQuery(sql)
                    .bindList("ids", ids.subList(from, Math.min(ids.size(), from + AT_ONCE)))
                    .mapTo(type)
                    .forEach(one -> found.put(id.apply(one), one));
        }
        return found;
    }
}
