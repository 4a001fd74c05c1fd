package dev.cartd.server.access;

/** What a client must show for a request. */
public sealed interface Need {
    /** Nothing. */
    Need NOTHING = new Nothing();

    /** The token of a client or an admin, if the server has tokens for clients. */
    Need CLIENT = new Client();

    /** The token of a client or an admin, if the server has tokens of either kind. */
    Need ANY_TOKEN = new AnyToken();

    /**
     * The token of an admin, or to read the session of one, if the server has tokens of either kind; otherwise that the
     * request comes from this machine. It is for what shows all carts, and so the uids that open them.
     */
    Need ADMIN = new Admin();

    /**
     * The session of an admin in a browser, if the server has tokens of either kind; otherwise that the request comes
     * from this machine. It is for what the forms of the console send.
     */
    Need SESSION = new InSession();

    /** {@link #NOTHING}. */
    record Nothing() implements Need {}

    /** {@link #CLIENT}. */
    record Client() implements Need {}

    /** {@link #ANY_TOKEN}. */
    record AnyToken() implements Need {}

    /** {@link #ADMIN}. */
    record Admin() implements Need {}

    /** {@link #SESSION}. */
    record InSession() implements Need {}

    /**
     * The right to the carts of a uid, if the server has tokens for clients: by the token of a client or an admin, or
     * by a link.
     *
     * @param byLink whether a link is enough to read
     */
    record Carts(String uid, boolean byLink) implements Need {}
}
