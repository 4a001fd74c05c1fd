package dev.cartd.server.http;

/**
 * Who sends a request, as far as the server knows.
 *
 * @param name the name of the token, of letters, digits and a few signs; empty for anybody
 * @param role what the token is for
 */
public record Caller(String name, Role role) {
    /** Somebody without a token. */
    public static final Caller ANYBODY = new Caller("", Role.ANYBODY);

    /** What the token is for. */
    public enum Role {
        /** There is none. */
        ANYBODY,
        /** To ask for carts and to download them. */
        CLIENT,
        /** To do all that a client may, with everybody's carts. */
        ADMIN
    }
}
