package dev.cartd.server.access;

import dev.cartd.server.http.Caller;
import dev.cartd.server.http.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;

/** Lets requests in, by the tokens that they have. Safe for use by many threads. */
public final class Gate {
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/=-]{1,4096})");
    private static final String CHALLENGE = "Bearer realm=\"cartd\"";

    private final Optional<TokenFile> clients;
    private final Optional<TokenFile> admins;

    /**
     * A gate that reads these files of tokens.
     *
     * @param clients empty if requests of clients need no token
     * @param admins empty if there are no admins
     */
    public Gate(Optional<Path> clients, Optional<Path> admins) {
        this.clients = clients.map(path -> new TokenFile("clients", path, System::nanoTime));
        this.admins = admins.map(path -> new TokenFile("admins", path, System::nanoTime));
    }

    /**
     * Lets a request in, and says who sends it.
     *
     * @throws Refused with 401 if it does not have what it needs
     */
    public Caller admit(HttpServletRequest request, Need need) {
        boolean isNeeded = switch (need) {
            case NOTHING -> false;
            case CLIENT -> clients.isPresent();
            case ANY_TOKEN -> clients.isPresent() || admins.isPresent();
        };
        Optional<String> token = need == Need.NOTHING ? Optional.empty() : token(request);
        Caller caller = token.map(this::caller).orElse(Caller.ANYBODY);
        if (isNeeded && caller.role() == Caller.Role.ANYBODY) {
            throw token.isPresent()
                    ? refused("The token is none that this server knows", CHALLENGE + ", error=\"invalid_token\"")
                    : refused("A token is needed: send the header Authorization: Bearer TOKEN", CHALLENGE);
        }
        return caller;
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
        return admin.map(name -> new Caller(name, Caller.Role.ADMIN))
                .or(() -> client.map(name -> new Caller(name, Caller.Role.CLIENT)))
                .orElse(Caller.ANYBODY);
    }

    private static Refused refused(String message, String challenge) {
        return new Refused(HttpStatus.UNAUTHORIZED_401, message, Map.of("WWW-Authenticate", challenge));
    }
}
