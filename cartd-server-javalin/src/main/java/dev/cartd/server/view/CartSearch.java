package dev.cartd.server.view;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.server.connection.RawPath;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Refused;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which live carts are asked for; the newest come first.
 *
 * @param states their states; empty for any
 * @param part a part of their uids; empty for any
 * @param after the number of the last cart of the page before; 0 for the first page
 * @param limit the most carts on a page, 1 to 1,000
 */
public record CartSearch(Set<CartStatus> states, String part, long after, int limit) {
    private static final int MOST = 1000;
    private static final int USUAL = 100;
    private static final int LONGEST_PART = 255;
    private static final Set<CartStatus> LIVE = EnumSet.complementOf(EnumSet.of(CartStatus.DELETED));

    /** Copies the states. */
    public CartSearch {
        states = Set.copyOf(states);
    }

    /**
     * The carts that were found.
     *
     * @param carts a page of them
     * @param next the query of the next page, with its question mark; empty on the last page
     */
    public record Found(List<Cart> carts, String next) {}

    /**
     * Reads the parameters {@code state}, {@code search}, {@code after} and {@code limit}.
     *
     * @throws Refused with 400 if one cannot be
     */
    public static CartSearch of(Exchange exchange) {
        String part = exchange.parameter("search").orElse("").strip();
        if (part.length() > LONGEST_PART) {
            throw Parameters.wrong("search", part, "at most " + LONGEST_PART + " characters");
        }
        return new CartSearch(
                states(exchange.parameter("state").orElse("")),
                part,
                Parameters.number(exchange, "after", 0, 0, Long.MAX_VALUE),
                (int) Parameters.number(exchange, "limit", USUAL, 1, MOST));
    }

    private static Set<CartStatus> states(String words) {
        Set<CartStatus> states = EnumSet.noneOf(CartStatus.class);
        for (String word : words.isEmpty() ? new String[0] : words.split(",", -1)) {
            states.add(LIVE.stream()
                    .filter(state -> state.word().equals(word))
                    .findFirst()
                    .orElseThrow(
                            () -> Parameters.wrong("state", words, "one or more, with commas, of " + words(LIVE))));
        }
        return states;
    }

    private static String words(Set<CartStatus> states) {
        return Arrays.stream(CartStatus.values())
                .filter(states::contains)
                .map(CartStatus::word)
                .collect(Collectors.joining(","));
    }

    /**
     * Finds them.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if the store cannot be reached in time
     */
    public Found in(CartDetails details) {
        // One more than the page has shows whether another page follows.
        List<Cart> found = details.find(states, part, after == 0 ? Long.MAX_VALUE : after, limit + 1);
        boolean isLast = found.size() <= limit;
        return isLast
                ? new Found(found, "")
                : new Found(found.subList(0, limit), next(found.get(limit - 1).id()));
    }

    private String next(long last) {
        String state = states.isEmpty() ? "" : "state=" + words(states) + "&";
        String search = part.isEmpty() ? "" : "search=" + RawPath.encode(part) + "&";
        return "?" + state + search + "after=" + last + "&limit=" + limit;
    }
}
