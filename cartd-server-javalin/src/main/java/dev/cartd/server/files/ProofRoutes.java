package dev.cartd.server.files;

import dev.cartd.bundle.BundleName;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Checksum;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.ContentDisposition;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ServerAddress;
import dev.cartd.server.view.CartDocument;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;

/** The routes of the documents that list all files of a cart with their hashes: manifest and Metalink. */
public final class ProofRoutes {
    private final Carts carts;
    private final CartDocument document;
    private final TextSender sender;

    /** The documents of these carts, whose files {@code document} has counted already if somebody looks at them. */
    public ProofRoutes(Carts carts, CartDocument document, TextSender sender) {
        this.carts = carts;
        this.document = document;
        this.sender = sender;
    }

    /**
     * Answers later, with the hashes of one type of the newest cart of this uid.
     *
     * @throws Refused if the method does not only read
     */
    public void manifest(Exchange exchange, String uid) {
        exchange.requireReading();
        Query query = Query.of(exchange);
        exchange.later(() -> sender.start(exchange, "the manifest of " + HeaderText.ascii(uid), () -> {
            Cart cart = LiveCart.of(carts, uid);
            String type = type(query, document.counts(cart).hashTypes());
            describe(exchange.response(), cart, "text/plain; charset=utf-8", "." + type);
            return new Manifest(carts.details(), cart, type, top(cart, query));
        }));
    }

    /**
     * Answers later, with the addresses of all files of the newest cart of this uid.
     *
     * @throws Refused if the method does not only read, or the request does not say how this server is called
     */
    public void metalink(Exchange exchange, String uid) {
        exchange.requireReading();
        Query query = Query.of(exchange);
        String server = server(exchange.request());
        OwnPaths paths = exchange.paths(uid);
        exchange.later(() -> sender.start(exchange, "the Metalink of " + HeaderText.ascii(uid), () -> {
            Cart cart = LiveCart.of(carts, uid);
            describe(exchange.response(), cart, Metalink.TYPE, ".meta4");
            return new Metalink(carts.details(), cart, server, paths, top(cart, query));
        }));
    }

    /** Read from the request at once, since Jetty may discard the request if the client goes. */
    private record Query(Optional<String> top, String filename, Optional<String> type) {
        static Query of(Exchange exchange) {
            return new Query(
                    exchange.parameter("top"), exchange.parameter("filename").orElse(""), exchange.parameter("type"));
        }
    }

    private static void describe(HttpServletResponse response, Cart cart, String type, String ending) {
        LiveCart.disarm(response);
        response.setContentType(type);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader(
                "Content-Disposition", ContentDisposition.attachment(BundleName.directory(cart.uid()) + ending));
    }

    private static String type(Query query, Set<String> there) {
        if (there.isEmpty()) {
            throw new CartException.NotFound("The cart has no hash of a type that cartd knows");
        }
        String all = String.join(", ", there);
        if (query.type().isEmpty() && there.size() > 1) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST_400, "type: missing; the files have hashes of several types: " + all);
        }
        String asked = query.type().orElseGet(() -> there.iterator().next());
        String type = new Checksum(asked, "").type();
        if (!there.contains(type)) {
            throw new Refused(
                    HttpStatus.BAD_REQUEST_400, "type: " + HeaderText.ascii(asked) + " cannot be, allowed is: " + all);
        }
        return type;
    }

    /** The directory that the client names; otherwise that of the tar. */
    private String top(Cart cart, Query query) {
        return query.top()
                .map(top -> top.isEmpty() ? "" : BundleName.directory(top))
                .or(() -> carts.details().top(cart, query.filename()))
                .orElse("");
    }

    private static String server(HttpServletRequest request) {
        return ServerAddress.of(request)
                .orElseThrow(() -> new Refused(
                        HttpStatus.BAD_REQUEST_400,
                        "Host: " + HeaderText.ascii(ServerAddress.host(request))
                                + " cannot be the name of this server"));
    }
}
