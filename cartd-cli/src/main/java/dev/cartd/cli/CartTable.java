package dev.cartd.cli;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Carts for people, one line each; the last column is the only one that may have spaces. */
final class CartTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintWriter out;
    private final Instant now;

    /** Writes the heading. */
    CartTable(PrintWriter out, Instant now) {
        this.out = out;
        this.now = now;
        row("ID", "STATE", "FILES", "BYTES", "AGE", "LAST-USE", "UID", "REASON");
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
                TIME.format(cart.updated()),
                word(cart.uid()),
                line(cart.reason()));
        return !out.checkError();
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

    private static String word(String text) {
        return line(text).replace(' ', '?');
    }

    private void row(Object... cells) {
        out.println(String.format(Locale.ROOT, "%-8s %-9s %15s %25s %5s %-19s %-36s %s", cells)
                .stripTrailing());
    }
}
