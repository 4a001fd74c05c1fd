package dev.cartd.server.access;

import dev.cartd.cart.CartException;
import dev.cartd.server.http.Caller;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ServerAddress;
import dev.cartd.spi.CartOwners;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;

/** Lets requests in, by the tokens and the links that they have. Safe for use by many threads. */
public final class Gate {
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/=-]{1,4096})");
    private static final String CHALLENGE = "Bearer realm=\"cartd\"";

    private final Optional<TokenFile> clients;
    private final Optional<TokenFile> admins;
    private final boolean ownersOnly;
    private final boolean localAdmin;
    private final Supplier<CartOwners> owners;
    private final Sessions sessions;
    /** The session of whoever sends requests from this machine, on a server without tokens. */
    private final Session ofThisMachine = new Session("", new byte[0], SignedLink.newKey(), 0);

    /**
     * A gate that reads these files of tokens.
     *
     * @param clients empty if requests of clients need no token
     * @param admins empty if there are no admins
     * @param ownersOnly whether the carts of a uid are only for their owner, for admins, and for who has a link
     * @param localAdmin whether requests of the server's own machine are an admin's, without any tokens
     * @param owners who owns carts; asked only if clients need tokens
     * @param sessionTime how long the session of an admin in a browser lasts
     */
    public Gate(
            Optional<Path> clients,
            Optional<Path> admins,
            boolean ownersOnly,
            boolean localAdmin,
            Supplier<CartOwners> owners,
            Duration sessionTime) {
        this.clients = clients.map(path -> new TokenFile("clients", path, System::nanoTime));
        this.admins = admins.map(path -> new TokenFile("admins", path, System::nanoTime));
        this.ownersOnly = ownersOnly;
        this.localAdmin = localAdmin;
        this.owners = owners;
        this.sessions = new Sessions(sessionTime, System::nanoTime);
    }

    /**
     * Lets a request in, or refuses it. The exchange knows its sender then, also of one that is refused.
     *
     * @throws Refused with 401 if it does not have what it needs, with 403 if the carts are somebody else's, or only an
     *     admin may see them
     * @throws CartException.Unavailable if the owners cannot be asked now
     */
    public void admit(Exchange exchange, Need need) {
        if (need instanceof Need.Nothing) {
            return;
        }
        Optional<String> token = token(exchange.request());
        exchange.sentBy(token.map(this::caller).orElseGet(() -> caller(exchange, need)));
        if (need instanceof Need.Admin || need instanceof Need.InSession) {
            requireAdmin(exchange, token);
            return;
        }
        if (clients.isEmpty() && !(need instanceof Need.AnyToken && admins.isPresent())) {
            return;
        }
        if (need instanceof Need.Carts carts) {
            admit(exchange, carts, token);
        } else if (!exchange.caller().isKnown()) {
            throw unknown(token);
        }
    }

    /**
     * The admin in whose session a request is sent. A session is as good as its token for what only reads; for all else
     * it counts only where forms are expected, since a browser sends its cookie with the forms of other sites too.
     */
    private Caller caller(Exchange exchange, Need need) {
        return (exchange.isReading() || need instanceof Need.InSession) && hasTokens()
                ? found(exchange.request())
                        .map(session -> Caller.of(session.name(), Caller.Role.ADMIN))
                        .orElse(Caller.ANYBODY)
                : Caller.ANYBODY;
    }

    private Optional<Session> found(HttpServletRequest request) {
        return admins.flatMap(file -> sessions.of(request)
                .filter(session -> file.name(session.token()).isPresent()));
    }

    private boolean hasTokens() {
        return clients.isPresent() || admins.isPresent();
    }

    /** Whether there are sessions: on a server without tokens whoever uses its machine is let in. */
    public boolean hasSessions() {
        return hasTokens();
    }

    /**
     * The session in which a request is sent, which was let in for {@link Need#ADMIN} or {@link Need#SESSION}; empty if
     * it has a token in place of one.
     */
    public Optional<Session> session(Exchange exchange) {
        return hasTokens() ? found(exchange.request()) : Optional.of(ofThisMachine);
    }

    /**
     * The session whose page sent this form.
     *
     * @param form what the form contains as {@link Session#form}; empty if it contains none
     * @throws Refused with 403 if no page of the session can have sent it
     */
    public Session session(Exchange exchange, String form) {
        requireOrigin(exchange);
        return session(exchange)
                .filter(session -> session.isForm(form))
                .orElseThrow(() -> new Refused(
                        HttpStatus.FORBIDDEN_403, "The form is not of this session: load the page /-/ again"));
    }

    /**
     * Begins the session of an admin.
     *
     * @return empty if this is no token of an admin
     * @throws Refused with 403 if no page of this server can have sent the token
     */
    public Optional<Session.Begun> signIn(Exchange exchange, String token) {
        requireOrigin(exchange);
        byte[] hash = Token.hash(token.strip());
        Optional<String> name = admins.flatMap(file -> file.name(hash));
        name.ifPresent(found -> exchange.sentBy(Caller.of(found, Caller.Role.ADMIN)));
        return name.map(found -> sessions.begin(found, hash, isSecure(exchange)));
    }

    /** Ends the session in which a request is sent, and returns the value of {@code Set-Cookie}. */
    public String signOut(Exchange exchange) {
        return sessions.end(exchange.request(), isSecure(exchange));
    }

    private static boolean isSecure(Exchange exchange) {
        return ServerAddress.of(exchange.request()).orElse("").startsWith("https:");
    }

    private static void requireOrigin(Exchange exchange) {
        if (!SameOrigin.sent(exchange.request())) {
            throw new Refused(HttpStatus.FORBIDDEN_403, "The form was sent by a page of another server");
        }
    }

    private void requireAdmin(Exchange exchange, Optional<String> token) {
        if (!hasTokens()) {
            if (!localAdmin) {
                throw new Refused(
                        HttpStatus.FORBIDDEN_403,
                        "This is for admins, and the server knows none: make a token by cartd token, and set [access]"
                                + " admin_tokens, or local_admin");
            }
            if (!ThisMachine.sent(exchange.request())) {
                throw new Refused(
                        HttpStatus.FORBIDDEN_403,
                        "This is for requests of the server's own machine, while there are no tokens of admins:"
                                + " ask there, at http://127.0.0.1, or have [access] admin_tokens set");
            }
        } else if (!exchange.caller().isKnown()) {
            throw unknown(token);
        } else if (exchange.caller().role() != Caller.Role.ADMIN) {
            throw new Refused(HttpStatus.FORBIDDEN_403, "This is for admins: the token is one of a client");
        }
    }

    private void admit(Exchange exchange, Need.Carts carts, Optional<String> token) {
        Caller caller = exchange.caller();
        if (caller.isKnown() && mayUse(carts.uid(), caller)) {
            return;
        }
        Optional<String> link = carts.byLink() && exchange.isReading()
                ? SignedLink.in(exchange.request().getQueryString())
                : Optional.empty();
        if (link.filter(signature -> opens(signature, carts.uid())).isPresent()) {
            exchange.sentBy(caller.withLink(link.get()));
            return;
        }
        if (caller.isKnown()) {
            throw notTheirs();
        }
        throw link.isPresent()
                ? refused("The link has ended, or is none: ask whoever gave it to you for another one", CHALLENGE)
                : unknown(token);
    }

    /**
     * Makes the sender of a request the owner of a uid, if it has a name and the uid is free.
     *
     * @throws Refused with 403 if the carts are somebody else's, and only for their owner
     * @throws CartException.Unavailable if the owners cannot be asked now
     */
    public void claim(String uid, Caller caller) {
        boolean isOwner = clients.isEmpty()
                || !caller.isKnown()
                || owners.get().claim(uid, caller.name())
                || caller.role() == Caller.Role.ADMIN;
        if (ownersOnly && !isOwner) {
            throw notTheirs();
        }
    }

    /** A free uid may be used: there is nothing to see. */
    private boolean mayUse(String uid, Caller caller) {
        return !ownersOnly
                || caller.role() == Caller.Role.ADMIN
                || owners.get().owner(uid).map(caller.name()::equals).orElse(true);
    }

    private boolean opens(String signature, String uid) {
        return owners.get()
                .linkKey(uid)
                .filter(key -> SignedLink.isValid(signature, key, uid, Instant.now()))
                .isPresent();
    }

    /** Two headers are none: this server and a proxy before it might take different ones. */
    private static Optional<String> token(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        return headers.size() == 1
                ? Optional.of(BEARER.matcher(headers.get(0).strip()))
                        .filter(Matcher::matches)
                        .map(bearer -> bearer.group(1))
                : Optional.empty();
    }

    private Caller caller(String token) {
        byte[] hash = Token.hash(token);
        Optional<String> admin = admins.flatMap(file -> file.name(hash));
        Optional<String> client = clients.flatMap(file -> file.name(hash));
        return admin.map(name -> Caller.of(name, Caller.Role.ADMIN))
                .or(() -> client.map(name -> Caller.of(name, Caller.Role.CLIENT)))
                .orElse(Caller.ANYBODY);
    }

    private static Refused unknown(Optional<String> token) {
        return token.isPresent()
                ? refused("The token is none that this server knows", CHALLENGE + ", error=\"invalid_token\"")
                : refused("A token is needed: send the header Authorization: Bearer TOKEN", CHALLENGE);
    }

    private static Refused refused(String message, String challenge) {
        return new Refused(HttpStatus.UNAUTHORIZED_401, message, Map.of("WWW-Authenticate", challenge));
    }

    private static Refused notTheirs() {
        return new Refused(
                HttpStatus.FORBIDDEN_403, "The cart is somebody else's: whoever asked for it can give you a link");
    }
}
