package dev.cartd.store.space;

import dev.cartd.spi.SpaceStore;
import dev.cartd.spi.SpaceStore.Shared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * Reads the bytes that several carts share, summed up for each set of carts: there are many files, but few such sets.
 */
final class SelectSharing {
    private static final String ALL =
            "select share, cart_id, id, size from file where share is not null order by share";

    /** The bytes are what {@link SpaceStore#taken} says of the size. */
    private static final String INHERITED = """
            select coalesce(sum(bytes), 0) from (
                select ((max(size) + 4095) / 4096 + 1) * 4096 as bytes from file
                where share is not null group by share
                having sum(case when id = share then 1 else 0 end) = 0) as orphans""";

    private record Holders(long owner, Set<Long> carts) {}

    private record Row(long share, long cart, long file, long size) {}

    private SelectSharing() {}

    static List<Shared> run(Handle handle) {
        Map<Holders, Long> sums = new HashMap<>();
        Fold fold = new Fold(sums);
        handle.createQuery(ALL)
                .map((row, context) ->
                        new Row(row.getLong("share"), row.getLong("cart_id"), row.getLong("id"), row.getLong("size")))
                .forEach(fold::take);
        fold.end();
        return sums.entrySet().stream()
                .map(sum -> new Shared(sum.getKey().owner, sum.getKey().carts, sum.getValue()))
                .toList();
    }

    /** The shared bytes whose owner does not have them any more: they count as used, but no cart holds them. */
    static long sumInherited(Handle handle) {
        return handle.createQuery(INHERITED).mapTo(Long.class).one();
    }

    /** Sums up rows that are ordered by share. */
    private static final class Fold {
        private final Map<Holders, Long> sums;
        private long share;
        private long owner;
        private long size;
        private Set<Long> carts = new TreeSet<>();

        Fold(Map<Holders, Long> sums) {
            this.sums = sums;
        }

        void take(Row row) {
            if (row.share != share) {
                end();
                share = row.share;
            }
            owner = row.file == row.share ? row.cart : owner;
            size = SpaceStore.taken(row.size);
            carts.add(row.cart);
        }

        void end() {
            if (!carts.isEmpty()) {
                sums.merge(new Holders(owner, carts), size, Long::sum);
            }
            owner = 0;
            carts = new TreeSet<>();
        }
    }
}
