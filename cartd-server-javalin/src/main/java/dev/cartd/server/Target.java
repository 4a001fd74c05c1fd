package dev.cartd.server;

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

    /** Reads a path as it was sent, not decoded. */
    static Target of(String sent) {
        // Counted, since a pattern for the slashes at the end takes a time that grows with their square.
        int begin = 0;
        int end = sent.length();
        while (begin < end && sent.charAt(begin) == '/') {
            begin++;
        }
        String path = sent.substring(begin);
        if (path.isEmpty()) {
            return new Root();
        }
        if (path.startsWith("-/")) {
            return new Own();
        }
        while (end > begin && sent.charAt(end - 1) == '/') {
            end--;
        }
        String uid = sent.substring(begin, end);
        return uid.contains("/") ? new Nowhere() : new Uid(RawPath.decode(uid));
    }
}
