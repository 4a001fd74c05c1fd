package dev.cartd.store.carts;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.store.rows.CartRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds live carts by their states and a part of their uid. Carts of some states come from the index of the states, so
 * that a few failed carts among many ready ones are found at once. A part of a uid is looked for in the index of the
 * uids, which is small.
 */
final class FindCarts {
    /**
     * The numbers of the carts whose uid contains a text. Unlike {@code like}, this tells upper from lower case in every
     * kind of database. The plus keeps SQLite from reading the rows in the order of their numbers, which are large.
     */
    private static final String CONTAINS =
            "select id from cart where +id < :below and replace(cart_uid, :part, '') <> cart_uid";

    private FindCarts() {}

    static List<Cart> run(Handle handle, Set<CartStatus> states, String part, long below, int most) {
        if (states.isEmpty() && part.isEmpty()) {
            return SelectCarts.below(handle, below, most);
        }
        Query query = handle.createQuery(sql(states, part)).bind("below", below).bind("most", most);
        return (part.isEmpty() ? query : query.bind("part", part))
                .map(new CartRow())
                .list();
    }

    /** The query; one of {@code states} and {@code part} is not empty. */
    static String sql(Set<CartStatus> states, String part) {
        String which = part.isEmpty() ? ofStates(states) : CONTAINS;
        String state = part.isEmpty() || states.isEmpty() ? "" : " and " + CartRow.STATE + words(states);
        // What limits the numbers is in the inner query only: otherwise SQLite reads all rows, and looks each up in it.
        return "select " + CartRow.COLUMNS + " from cart where id in (" + which + ") and " + CartRow.LIVE + state
                + " order by id desc limit :most";
    }

    private static String words(Set<CartStatus> states) {
        return states.stream().map(FindCarts::word).collect(Collectors.joining(", ", " in (", ")"));
    }

    /** The numbers of the newest carts of each of these states, by a range of the index for each. */
    private static String ofStates(Set<CartStatus> states) {
        return states.stream()
                .flatMap(state -> state == CartStatus.ERROR
                        ? Stream.concat(Stream.of(newest("status = " + word(state))), unknown())
                        : Stream.of(newest("status = " + word(state))))
                .collect(Collectors.joining(" union all "));
    }

    /** The numbers of the carts whose status is none of the known ones: it counts as an error. */
    private static Stream<String> unknown() {
        List<String> known =
                Arrays.stream(CartStatus.values()).map(FindCarts::word).sorted().toList();
        List<String> gaps = new ArrayList<>(List.of("status < " + known.get(0)));
        for (int i = 1; i < known.size(); i++) {
            gaps.add("status > " + known.get(i - 1) + " and status < " + known.get(i));
        }
        gaps.add("status > " + known.get(known.size() - 1));
        // Hardly any cart is there: with an order, or without the plus, SQLite would read all rows.
        return gaps.stream()
                .map(gap -> "select id from cart where " + gap + " and deleted_date is null and +id < :below");
    }

    private static String newest(String condition) {
        return "select id from (select id from cart where " + condition
                + " and deleted_date is null and id < :below order by id desc limit :most) as newest";
    }

    private static String word(CartStatus state) {
        return "'" + state.word() + "'";
    }
}
