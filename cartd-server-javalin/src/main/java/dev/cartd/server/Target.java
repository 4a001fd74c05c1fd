package dev.cartd.server;

import dev.cartd.server.access.Need;
import dev.cartd.server.connection.RawPath;
import java.io.IOException;

/** The target of a request, by its path. */
sealed interface Target {
    /** How the names of files begin that pages refer to. */
    String STATIC = "static/";

    /** How the names begin to which the forms of the console are sent. */
    String CONSOLE = "console/";

    /** Where the token of an admin is sent to. */
    String SIGN_IN = CONSOLE + "sign-in";

    /** The service as a whole. */
    record Root() implements Target {
        @Override
        public Need need() {
            return Need.NOTHING;
        }

        @Override
        public void enter(Doors doors) throws IOException {
            doors.root();
        }
    }

    /** The carts of this uid, which may be any text. */
    record Uid(String value) implements Target {
        @Override
        public Need need() {
            return new Need.Carts(value, true);
        }

        @Override
        public void enter(Doors doors) throws IOException {
            doors.cart(value);
        }
    }

    /**
     * A resource of the newest cart of a uid, below {@code /-/carts/{uid}}.
     *
     * @param uid any text
     * @param path the path of a file in the cart, any text; empty unless the resource is a file
     */
    record CartPart(String uid, Resource resource, String path) implements Target {
        /** What there is of a cart. */
        enum Resource {
            CART,
            PAGE,
            FILES,
            FILE,
            MANIFEST,
            METALINK,
            EVENTS,
            LINKS
        }

        @Override
        public Need need() {
            return new Need.Carts(uid, resource != Resource.LINKS);
        }

        @Override
        public void enter(Doors doors) throws IOException {
            doors.cartPart(this);
        }
    }

    /** Another path that is reserved for the service: what follows {@code /-/}, as it was sent. */
    record Own(String name) implements Target {
        @Override
        public Need need() {
            // Pages load the static files; those are the same everywhere.
            return switch (name) {
                case "health", "ready", SIGN_IN -> Need.NOTHING;
                case "metrics" -> Need.ANY_TOKEN;
                case "", "carts", "overview" -> Need.ADMIN;
                default -> other();
            };
        }

        private Need other() {
            if (name.startsWith(CONSOLE)) {
                return Need.SESSION;
            }
            return name.startsWith(STATIC) ? Need.NOTHING : Need.CLIENT;
        }

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

        void cartPart(CartPart target) throws IOException;

        void nowhere() throws IOException;
    }

    /** What a request for this target needs: a token, unless the target says otherwise. */
    default Need need() {
        return Need.CLIENT;
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
            return own(path.substring(2));
        }
        while (end > begin && sent.charAt(end - 1) == '/') {
            end--;
        }
        String uid = sent.substring(begin, end);
        return uid.contains("/") ? new Nowhere() : new Uid(RawPath.decode(uid));
    }

    /** Parses what follows {@code /-/}. */
    private static Target own(String path) {
        String[] segments = path.split("/", 4);
        if (segments.length < 2 || !segments[0].equals("carts") || segments[1].isEmpty()) {
            return new Own(path);
        }
        String uid = RawPath.decode(segments[1]);
        // With a slash behind the uid it is another resource.
        return segments.length == 2
                ? new CartPart(uid, CartPart.Resource.CART, "")
                : part(uid, segments[2], segments.length == 3 ? "" : RawPath.decode(segments[3]), path);
    }

    private static Target part(String uid, String name, String path, String sent) {
        if (name.equals("files")) {
            return new CartPart(uid, path.isEmpty() ? CartPart.Resource.FILES : CartPart.Resource.FILE, path);
        }
        if (!path.isEmpty() || sent.endsWith("//")) {
            return new Own(sent);
        }
        return switch (name) {
            case "" -> new CartPart(uid, CartPart.Resource.PAGE, "");
            case "manifest" -> new CartPart(uid, CartPart.Resource.MANIFEST, "");
            case "metalink" -> new CartPart(uid, CartPart.Resource.METALINK, "");
            case "links" -> new CartPart(uid, CartPart.Resource.LINKS, "");
            case "events" -> new CartPart(uid, CartPart.Resource.EVENTS, "");
            default -> new Own(sent);
        };
    }
}
