package dev.cartd.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What an admin in a browser is known by, until it ends. */
public final class Session {
    /**
     * A session that has just begun.
     *
     * @param cookie the value of {@code Set-Cookie}
     */
    public record Begun(Session session, String cookie) {}

    private final String name;
    private final byte[] token;
    private final String form;
    private final long end;

    /**
     * A session.
     *
     * @param name the name of the admin's token; empty where nobody has one
     * @param token the hash of the token: the session ends with it
     * @param form what every form has to contain
     * @param end when it ends, by the clock of {@link Sessions}
     */
    Session(String name, byte[] token, String form, long end) {
        this.name = name;
        this.token = token;
        this.form = form;
        this.end = end;
    }

    /** The name of the admin's token; empty on a server without tokens. */
    public String name() {
        return name;
    }

    /** A secret that only the pages of this session have, and that its forms send back. */
    public String form() {
        return form;
    }

    byte[] token() {
        return token;
    }

    long end() {
        return end;
    }

    /** Whether a form of this session sends this. Takes as long for any two secrets of one length. */
    boolean isForm(String sent) {
        return MessageDigest.isEqual(form.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
    }
}
