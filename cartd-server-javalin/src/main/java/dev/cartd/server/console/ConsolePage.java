package dev.cartd.server.console;

import dev.cartd.Condition;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartStatus;
import dev.cartd.server.access.Session;
import dev.cartd.server.connection.RawPath;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.page.StaticFiles;
import dev.cartd.server.page.Visible;
import dev.cartd.server.view.Overview;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the console shows. All texts are visible, none is escaped.
 *
 * @param viewer who looks
 * @param statics the files that it refers to
 * @param notice what the button did that was pressed; empty if none was
 * @param away what is away, and since when
 * @param asked what was searched for
 * @param lists the lists of carts
 * @param overview all carts together; empty if a search is shown, or the store cannot be reached
 */
record ConsolePage(
        Viewer viewer,
        StaticFiles statics,
        String notice,
        List<Condition> away,
        Asked asked,
        List<Carts> lists,
        Optional<Overview.State> overview) {

    /**
     * Who looks at the page.
     *
     * @param name the name of the admin; empty on a server without tokens
     * @param form what forms have to contain; empty if there can be none
     * @param signsOut whether there is a session that can be ended
     */
    record Viewer(String name, String form, boolean signsOut) {
        static Viewer of(Optional<Session> session, boolean hasSessions) {
            return new Viewer(
                    session.map(Session::name).orElse(""),
                    session.map(Session::form).orElse(""),
                    hasSessions && session.isPresent());
        }
    }

    /**
     * What was searched for.
     *
     * @param part a part of the uid
     * @param state the states, as the address has them
     */
    record Asked(String part, String state) {
        /** Whether these are the states that were searched for. */
        boolean is(String states) {
            return state.equals(states);
        }
    }

    /**
     * A list of carts.
     *
     * @param id its name in the page
     * @param title its title
     * @param none what it says if there are no carts
     * @param next the address of those that follow; empty if none do
     */
    record Carts(String id, String title, String none, List<Row> rows, String next) {}

    /**
     * A cart.
     *
     * @param page the address of the page about it
     * @param message what it waits for, or why it failed; may be empty
     * @param actions what can be done with it
     */
    record Row(
            long number,
            String uid,
            String page,
            CartStatus state,
            int staged,
            int files,
            long stagedBytes,
            long bytes,
            String message,
            Instant created,
            Optional<Instant> kept,
            List<Action> actions) {
        static Row of(Cart cart, String message, Instant now) {
            boolean kept = cart.kept().filter(now::isBefore).isPresent();
            Action keep = kept ? Action.RELEASE : Action.KEEP;
            return new Row(
                    cart.id(),
                    Visible.text(cart.uid()),
                    new OwnPaths(cart.uid()).page(),
                    cart.status(),
                    cart.progress().staged(),
                    cart.progress().files(),
                    cart.progress().stagedBytes(),
                    cart.progress().bytes().orElse(-1),
                    Visible.text(message),
                    cart.created(),
                    cart.kept().filter(now::isBefore),
                    cart.status().inWork()
                            ? List.of(keep, Action.DELETE)
                            : List.of(Action.REPAIR, keep, Action.EVICT, Action.DELETE));
        }
    }

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** A moment for people. */
    static String time(Instant moment) {
        return TIME.format(moment);
    }

    /** A number with commas between the thousands. */
    static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** The address of the carts of this uid, and of others that contain it. */
    static String search(String uid) {
        return "/-/?search=" + RawPath.encode(uid);
    }

    /** What became of a cart, in a few words. */
    static String event(Overview.Event event) {
        return switch (event.state()) {
            case READY -> "is ready";
            case ERROR -> "failed";
            case WAITING, STAGING, BUNDLING, DELETED -> isPurged(event) ? "was purged" : "was removed";
        };
    }

    /** Why that became of a cart; empty if there is nothing to say. */
    static String reason(Overview.Event event) {
        return isPurged(event) ? "" : Visible.text(event.reason());
    }

    private static boolean isPurged(Overview.Event event) {
        return event.reason().equals("purged");
    }
}
