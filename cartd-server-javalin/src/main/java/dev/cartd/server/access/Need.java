package dev.cartd.server.access;

/** What a client must show for a request. */
public enum Need {
    /** Nothing. */
    NOTHING,
    /** The token of a client or an admin, if the server has tokens for clients. */
    CLIENT,
    /** The token of a client or an admin, if the server has tokens of either kind. */
    ANY_TOKEN
}
