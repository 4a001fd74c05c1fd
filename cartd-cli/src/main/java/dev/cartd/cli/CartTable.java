package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Words;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Carts for people, one line each; the last column is the only one that may have spaces. */
final class CartTable {
    private final PrintWriter out;
    private final Instant now;

    /** Writes the heading for live carts. */
    CartTable(PrintWriter out, Instant now) {
        this(out, now, "LAST-USE");
    }

    private CartTable(PrintWriter out, Instant now, String time) {
        this.out = out;
        this.now = now;
        row("ID", "STATE", "FILES", "BYTES", "AGE", time, "UID", "REASON");
    }

    /** Writes the heading for deleted carts: a deletion is the last that changed them. */
    static CartTable ofDeleted(PrintWriter out, Instant now) {
        return new CartTable(out, now, "DELETED");
    }

    /** Writes a line, and tells whether somebody still reads it. */
    boolean add(Cart cart) {
        Cart.Progress done = cart.progress();
        row(
                Long.toString(cart.id()),
                cart.status().word(),
                done.staged() + "/" + done.files(),
                done.stagedBytes() + "/" + (done.bytes() == CartFile.UNKNOWN ? "?" : done.bytes()),
                age(Duration.between(cart.created(), now)),
                Words.moment(cart.updated()),
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
                .map(until -> "kept until " + Words.moment(until))
                .orElse("");
    }

    /** Whether it was not its client that deleted it. */
    static boolean madeRoom(Cart cart) {
        return cart.reason().startsWith("evicted: ") || cart.reason().equals("purged");
    }

    private static String with(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
    }

    /** The largest unit that there is at least one of. */
    static String age(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + "d";
        }
        return age.toHours() > 0
                ? age.toHours() + "h"
                : age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
    }

    /** Rows of the original may hold anything; a terminal would do what a control character says. */
    static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f]+", "?").strip();
    }

    /** Like {@link #line}, and one word. */
    static String word(String text) {
        return line(text).replace(' ', '?');
    }

    private void row(Object... cells) {
        out.println(String.format(Locale.ROOT, "%-8s %-9s %15s %25s %5s %-19s %-36s %s", cells)
                .stripTrailing());
    }
}
