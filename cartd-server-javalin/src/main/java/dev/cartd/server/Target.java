package dev.cartd.server;

import java.util.regex.Pattern;

/** What the path of a request names. */
sealed interface Target {
    /** The service as a whole. */
    record Root() implements Target {}

    /** The carts of this uid, which may be any text. */
    record Uid(String value) implements Target {}

    /** A path that the service keeps for itself. */
    record Own() implements Target {}

    /** A path that nothing is at. */
    record Nowhere() implements Target {}

    /** The slashes that a path begins with. */
    Pattern LEADING = Pattern.compile("^/+");

    /** The slashes that a path ends with. */
    Pattern TRAILING = Pattern.compile("/+$");

    /** Reads a path as it was sent, not decoded. */
    static Target of(String sent) {
        String path = LEADING.matcher(sent).replaceFirst("");
        if (path.isEmpty()) {
            return new Root();
        }
        if (path.startsWith("-/")) {
            return new Own();
        }
        String uid = TRAILING.matcher(path).replaceFirst("");
        return uid.contains("/") ? new Nowhere() : new Uid(RawPath.decode(uid));
    }
}
