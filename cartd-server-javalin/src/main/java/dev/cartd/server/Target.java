package dev.cartd.server;

/** The target of a request, by its path. */
sealed interface Target {
    /** The service as a whole. */
    record Root() implements Target {}

    /** The carts of this uid, which may be any text. */
    record Uid(String value) implements Target {}

    /** A path that is reserved for the service. */
    record Own() implements Target {}

    /** A path with no resource. */
    record Nowhere() implements Target {}

    /** Parses a path as it was sent, before decoding. */
    static Target of(String sent) {
        // A loop, since a regular expression for the slashes at the end takes time quadratic in their number.
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
