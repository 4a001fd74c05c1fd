package dev.cartd.server.carts;

import dev.cartd.cart.CartException;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.TimeSpan;
import dev.cartd.server.access.SignedLink;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.JsonText;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ServerAddress;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.spi.AuditLog;
import dev.cartd.spi.CartOwners;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route of the links to the carts of a uid, {@code /-/carts/{uid}/links}. */
public final class LinkRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(AuditLog.NAME);
    private static final Duration USUAL = Duration.ofDays(1);

    private final Carts carts;
    private final Supplier<CartOwners> owners;
    private final Duration most;

    /**
     * The links to these carts.
     *
     * @param most the longest time for which there can be a link
     */
    public LinkRoutes(Carts carts, Supplier<CartOwners> owners, Duration most) {
        this.carts = carts;
        this.owners = owners;
        this.most = most;
    }

    /**
     * Answers a request of somebody who may use the carts of this uid: makes a link, or ends all links.
     *
     * @throws CartException if it fails
     * @throws Refused if it is refused
     * @throws IOException if the client is gone
     */
    public void answer(Exchange exchange, String uid) throws IOException {
        switch (exchange.method()) {
            case "POST" -> exchange.send(make(exchange, uid));
            case "DELETE" -> exchange.send(end(exchange, uid));
            default -> throw Refused.method("DELETE, POST");
        }
    }

    private ShortResponse make(Exchange exchange, String uid) {
        Duration time = exchange.parameter("for").map(this::time).orElse(USUAL.compareTo(most) < 0 ? USUAL : most);
        if (carts.status(uid).isEmpty()) {
            throw new CartException.NotFound("The cart does not exist or has already been deleted");
        }
        Instant until = Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
        OwnPaths paths = new OwnPaths(uid, Optional.of(SignedLink.make(owners.get(), uid, until)));
        String server = ServerAddress.of(exchange.request()).orElse("");
        AUDIT.info("a link to the carts of {} until {} is made ({})", HeaderText.ascii(uid), until, exchange.sender());
        return ShortResponse.of(
                        HttpStatus.CREATED_201,
                        "{\"page\": \"" + JsonText.quoted(server + paths.page()) + "\", \"tar\": \""
                                + JsonText.quoted(server + paths.tar()) + "\", \"until\": \"" + until + "\"}")
                .with("Cache-Control", "no-store");
    }

    private Duration time(String asked) {
        try {
            Duration time = TimeSpan.of(asked);
            if (time.toSeconds() >= 1 && time.compareTo(most) <= 0) {
                return time;
            }
        } catch (IllegalArgumentException e) {
            // As one that is too long.
        }
        throw new Refused(
                HttpStatus.BAD_REQUEST_400,
                "for: " + HeaderText.ascii(asked) + " cannot be: allowed is " + TimeSpan.ALLOWED + "; from 1 s to "
                        + HumanText.duration(most));
    }

    private ShortResponse end(Exchange exchange, String uid) {
        if (!owners.get().endLinks(uid)) {
            throw new CartException.NotFound("There are no links to this cart");
        }
        AUDIT.info("the links to the carts of {} end now ({})", HeaderText.ascii(uid), exchange.sender());
        return ShortResponse.message(HttpStatus.OK_200, "All links to the cart have ended");
    }
}
