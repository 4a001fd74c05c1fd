package dev.cartd.cli.print;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.HumanText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A table of carts for people, one line each. Only the last column may have spaces. */
public final class CartTable {
    private static final Columns COLUMNS = new Columns(-8, -9, 15, 25, 5, -19, -36, -1);

    /** For a terminal the columns are fitted to this many rows at a time. */
    private static final int PAGE = 500;

    private final PrintWriter out;
    private final Instant now;
    private final OptionalInt screen;
    private final List<List<String>> page = new ArrayList<>();

    /**
     * A table of live carts; writes its heading.
     *
     * @param screen the number of columns of the terminal, to which lines are cut; if it is empty nothing is cut, and
     *     the columns have the same places in every output
     */
    public CartTable(PrintWriter out, Instant now, OptionalInt screen) {
        this(out, now, screen, "LAST-USE");
    }

    private CartTable(PrintWriter out, Instant now, OptionalInt screen, String time) {
        this.out = out;
        this.now = now;
        this.screen = screen;
        row("ID", "STATE", "FILES", "BYTES", "AGE", time, "UID", "REASON");
    }

    /** A table of deleted carts, whose last change is their deletion; writes its heading. */
    public static CartTable ofDeleted(PrintWriter out, Instant now, OptionalInt screen) {
        return new CartTable(out, now, screen, "DELETED");
    }

    /** Writes a line; returns false if the output was closed. */
    public boolean add(Cart cart) {
        Cart.Progress done = cart.progress();
        row(
                Long.toString(cart.id()),
                cart.status().word(),
                done.staged() + "/" + done.files(),
                done.stagedBytes() + "/"
                        + (done.bytes().isEmpty() ? "?" : done.bytes().getAsLong()),
                age(Duration.between(cart.created(), now)),
                HumanText.moment(cart.updated()),
                word(cart.uid()),
                line(reason(cart)));
        return !out.checkError();
    }

    private String reason(Cart cart) {
        if (cart.status() == CartStatus.DELETED) {
            return madeRoom(cart) ? cart.reason() : with("deleted", cart.reason());
        }
        return with(cart.message(now), kept(cart));
    }

    private String kept(Cart cart) {
        return cart.kept()
                .filter(now::isBefore)
                .map(until -> "kept until " + HumanText.moment(until))
                .orElse("");
    }

    /** Whether the cart was evicted or purged, and not deleted by a client. */
    static boolean madeRoom(Cart cart) {
        return cart.reason().startsWith("evicted: ") || cart.reason().equals("purged");
    }

    private static String with(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
    }

    /** The age in its largest unit, such as {@code 2h}. */
    static String age(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + "d";
        }
        return age.toHours() > 0
                ? age.toHours() + "h"
                : age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
    }

    /**
     * The text with {@code ?} in place of invisible characters. Rows of Pacifica Cartd may have any: a terminal would
     * execute control characters, or show the line from right to left.
     */
    public static String line(String text) {
        StringBuilder line = new StringBuilder();
        boolean odd = false;
        for (int c : text.codePoints().toArray()) {
            if (!isOdd(c)) {
                line.appendCodePoint(c);
            } else if (!odd) {
                line.append('?');
            }
            odd = isOdd(c);
        }
        return line.toString().strip();
    }

    private static boolean isOdd(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** The text like {@link #line}, also with {@code ?} in place of spaces. */
    static String word(String text) {
        return line(text).replaceAll("[\\s\\h]", "?");
    }

    private void row(String... cells) {
        if (screen.isEmpty()) {
            out.println(COLUMNS.row(List.of(cells)));
            return;
        }
        page.add(List.of(cells));
        if (page.size() == PAGE) {
            end();
        }
    }

    /** Writes the rows that were not written yet. */
    public void end() {
        screen.ifPresent(width -> COLUMNS.fitted(page, width).forEach(out::println));
        page.clear();
        out.flush();
    }
}
