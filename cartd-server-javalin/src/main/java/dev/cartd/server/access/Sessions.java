package dev.cartd.server.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The sessions of admins in browsers, in the memory of this process. Each has an end that no use puts off. The cookie
 * has a random name of the session, of which only the hash is kept. Safe for use by many threads.
 */
final class Sessions {
    private static final String COOKIE = "cartd_session";
    private static final int MOST = 1000;

    private final Duration time;
    private final LongSupplier nanos;
    /** By the hash of its random name; the oldest first. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    /**
     * No sessions yet.
     *
     * @param time how long each lasts
     * @param nanos the time, like {@link System#nanoTime}
     */
    Sessions(Duration time, LongSupplier nanos) {
        this.time = time;
        this.nanos = nanos;
    }

    /**
     * Begins a session. If there are too many, the oldest ends.
     *
     * @param name the name of the admin's token
     * @param token the hash of the token
     * @param isSecure whether the browser speaks TLS, and sends the cookie over nothing else
     */
    synchronized Session.Begun begin(String name, byte[] token, boolean isSecure) {
        long now = nanos.getAsLong();
        sessions.values().removeIf(session -> session.end() - now <= 0);
        if (sessions.size() >= MOST) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        String random = SignedLink.newKey();
        Session session = new Session(name, token, SignedLink.newKey(), now + time.toNanos());
        sessions.put(key(random), session);
        return new Session.Begun(session, cookie(random, time, isSecure));
    }

    /** The session in which a request is sent; empty if it is sent in none, or in one that has ended. */
    Optional<Session> of(HttpServletRequest request) {
        // Read before the lock: most requests are sent in no session, and need not wait for each other.
        return random(request)
                .map(Sessions::key)
                .flatMap(this::named)
                .filter(session -> session.end() - nanos.getAsLong() > 0);
    }

    private synchronized Optional<Session> named(String key) {
        return Optional.ofNullable(sessions.get(key));
    }

    /**
     * Ends the session in which a request is sent.
     *
     * @return the value of {@code Set-Cookie}
     */
    String end(HttpServletRequest request, boolean isSecure) {
        random(request).map(Sessions::key).ifPresent(this::remove);
        return cookie("", Duration.ZERO, isSecure);
    }

    private synchronized void remove(String key) {
        sessions.remove(key);
    }

    /** Two cookies are none: somebody else may have set one of them. */
    private static Optional<String> random(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        List<String> found = cookies == null
                ? List.of()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static String key(String random) {
        return HexFormat.of().formatHex(Token.hash(random));
    }

    private static String cookie(String value, Duration age, boolean isSecure) {
        return COOKIE + "=" + value + "; Path=/-/; Max-Age=" + age.toSeconds() + "; HttpOnly; SameSite=Strict"
                + (isSecure ? "; Secure" : "");
    }
}
