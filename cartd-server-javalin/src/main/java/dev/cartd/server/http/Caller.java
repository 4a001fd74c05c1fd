package dev.cartd.server.http;

import java.util.Optional;

/**
 * Who sends a request, as far as the server knows.
 *
 * @param name the name of the token, of letters, digits and a few signs; empty without one
 * @param role what the request may do
 * @param link the signature of the link that let the request in; empty if it was something else
 */
public record Caller(String name, Role role, Optional<String> link) {
    /** Somebody without a token. */
    public static final Caller ANYBODY = new Caller("", Role.ANYBODY, Optional.empty());

    /** What a request may do. */
    public enum Role {
        /** What anybody may. */
        ANYBODY,
        /** To ask for carts and to download them. */
        CLIENT,
        /** To do all that a client may, with everybody's carts. */
        ADMIN
    }

    /** The holder of a token. */
    public static Caller of(String name, Role role) {
        return new Caller(name, role, Optional.empty());
    }

    /** The same, let in by a link that has this signature. */
    public Caller withLink(String signature) {
        return new Caller(name, role, Optional.of(signature));
    }

    /** Whether the sender has a token. */
    public boolean isKnown() {
        return role != Role.ANYBODY;
    }
}
