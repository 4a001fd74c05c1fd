package dev.cartd.cli.print;

import dev.cartd.Cartd;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpaceSnapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What {@code cartd top} shows at one moment: all carts together, those in work and those that failed. */
public final class TopFrame {
    private static final int IN_WORK = 12;
    private static final int FAILED = 8;
    private static final int NEXT = 5;
    private static final Set<CartStatus> WORKED_ON =
            Set.of(CartStatus.WAITING, CartStatus.STAGING, CartStatus.BUNDLING);

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);
    private final Cartd cartd;
    private final Instant now;
    private final OptionalInt width;

    private TopFrame(Cartd cartd, Instant now, OptionalInt width) {
        this.cartd = cartd;
        this.now = now;
        this.width = width;
    }

    /**
     * The lines. What cannot be read is a line that says so.
     *
     * @param width the columns of the terminal, to which lines are cut; empty for none
     */
    public static List<String> lines(Cartd cartd, Instant now, OptionalInt width) {
        TopFrame frame = new TopFrame(cartd, now, width);
        try {
            frame.all();
        } catch (CartException.Unavailable e) {
            frame.out.println("the database cannot be read: " + CartTable.line(FailureText.of(e)));
        }
        return frame.text
                .toString()
                .lines()
                .map(line -> width.isPresent() ? Columns.cut(line, width.getAsInt()) : line)
                .toList();
    }

    private void all() {
        out.println("cartd at " + HumanText.moment(now));
        volume();
        nodes(cartd.nodes());
        carts("IN WORK", WORKED_ON, IN_WORK);
        carts("FAILED", Set.of(CartStatus.ERROR), FAILED);
    }

    private void volume() {
        try {
            cartd.requireVolume();
            room(cartd.space().snapshot());
        } catch (CartException.VolumeAway e) {
            out.println("the volume is away: " + CartTable.line(FailureText.of(e)));
        } catch (UncheckedIOException e) {
            out.println("the volume cannot be read: " + CartTable.line(FailureText.of(e)));
        }
    }

    private void nodes(Map<String, Integer> nodes) {
        String each = nodes.isEmpty()
                ? "none at work"
                : String.join(
                        ", ",
                        nodes.entrySet().stream()
                                .map(node ->
                                        CartTable.line(node.getKey()) + " (" + count(node.getValue(), "cart") + ")")
                                .toList());
        out.println("nodes: " + each);
    }

    private void room(SpaceSnapshot snapshot) {
        int waiting = cartd.space().waiting().size();
        out.println("room: " + HumanText.size(snapshot.used()) + " taken, " + HumanText.size(snapshot.promised())
                + " reserved, " + HumanText.size(snapshot.left()) + " free of " + HumanText.size(snapshot.size())
                + (waiting == 0 ? "" : "; " + count(waiting, "cart") + " waiting for room"));
        List<EvictionCandidate> next = cartd.space().next(snapshot);
        out.println("evicted next: "
                + (next.isEmpty()
                        ? "none"
                        : String.join(
                                ", ",
                                next.stream()
                                        .limit(NEXT)
                                        .map(cart ->
                                                CartTable.word(cart.uid()) + " (" + HumanText.size(cart.bytes()) + ")")
                                        .toList())));
    }

    private void carts(String title, Set<CartStatus> states, int most) {
        List<Cart> carts = cartd.details().find(states, "", Long.MAX_VALUE, most + 1);
        out.println();
        out.println(
                title + ": " + (carts.isEmpty() ? "none" : carts.size() > most ? "the newest " + most : carts.size()));
        if (!carts.isEmpty()) {
            CartTable table = new CartTable(out, now, width);
            carts.stream().limit(most).forEach(table::add);
            table.end();
        }
    }

    private static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
