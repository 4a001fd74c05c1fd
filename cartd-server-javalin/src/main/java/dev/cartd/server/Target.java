package dev.cartd.server;

import dev.cartd.server.connection.RawPath;
import java.io.IOException;

/** The target of a request, by its path. */
sealed interface Target {
    /** The service as a whole. */
    record Root() implements Target {
        @Override
        public void enter(Doors doors) throws IOException {
            doors.root();
        }
    }

    /** The carts of this uid, which may be any text. */
    record Uid(String value) implements Target {
        @Override
        public void enter(Doors doors) throws IOException {
            doors.cart(value);
        }
    }

    /** A path that is reserved for the service: what follows {@code /-/}, as it was sent. */
    record Own(String name) implements Target {
        @Override
        public void enter(Doors doors) throws IOException {
            doors.own(name);
        }
    }

    /** A path with no resource. */
    record Nowhere() implements Target {
        @Override
        public void enter(Doors doors) throws IOException {
            doors.nowhere();
        }
    }

    /** What a server does at each target. */
    interface Doors {
        void root() throws IOException;

        void cart(String uid) throws IOException;

        void own(String name) throws IOException;

        void nowhere() throws IOException;
    }

    /** Calls the method of {@code doors} for this target. */
    void enter(Doors doors) throws IOException;

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
            return new Own(path.substring(2));
        }
        while (end > begin && sent.charAt(end - 1) == '/') {
            end--;
        }
        String uid = sent.substring(begin, end);
        return uid.contains("/") ? new Nowhere() : new Uid(RawPath.decode(uid));
    }
}
