package dev.cartd.server.view;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.FileStatus;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.OwnPaths;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;

/** The routes that show carts: {@code /-/carts}, {@code /-/carts/{uid}} and {@code /-/carts/{uid}/files}. */
public final class ViewRoutes {
    private static final String CACHE = "Cache-Control";
    private static final String NO_STORE = "no-store";
    private static final String STATES =
            Arrays.stream(FileStatus.values()).map(FileStatus::word).collect(Collectors.joining(", "));

    private final Carts carts;
    private final CartDocument document;
    private final Overview overview;
    private final TextSender sender;

    /** The routes of these carts. */
    public ViewRoutes(Carts carts, CartDocument document, Overview overview, TextSender sender) {
        this.carts = carts;
        this.document = document;
        this.overview = overview;
        this.sender = sender;
    }

    /**
     * Answers later, with the overview of all carts.
     *
     * @throws Refused if it is refused
     */
    public void overview(Exchange exchange) {
        exchange.requireReading();
        list(exchange, "the overview", () -> {
            Overview.State state = overview.state();
            return () -> Overview.json(state);
        });
    }

    /**
     * Answers later, with the live carts that are asked for.
     *
     * @throws Refused if it is refused
     */
    public void carts(Exchange exchange) {
        exchange.requireReading();
        CartSearch search = CartSearch.of(exchange);
        list(exchange, "the list of carts", () -> {
            CartSearch.Found found = search.in(carts.details());
            return () -> document.list(found);
        });
    }

    /** @param opener reads what is listed, and returns what writes it */
    private void list(Exchange exchange, String name, Supplier<Supplier<String>> opener) {
        exchange.later(() -> sender.start(exchange, name, () -> {
            Supplier<String> text = opener.get();
            exchange.response().setContentType(ShortResponse.JSON);
            exchange.response().setHeader(CACHE, NO_STORE);
            return TextSender.Pieces.once(text);
        }));
    }

    /**
     * Answers with the newest cart of this uid.
     *
     * @throws CartException if it fails
     * @throws Refused if it is refused
     * @throws IOException if the client is gone
     */
    public void cart(Exchange exchange, String uid) throws IOException {
        exchange.requireReading();
        Optional<Cart> cart = carts.status(uid);
        exchange.send(
                cart.isPresent()
                        ? ShortResponse.of(HttpStatus.OK_200, document.of(cart.get()))
                                .with(CACHE, NO_STORE)
                        : gone(uid));
    }

    private ShortResponse gone(String uid) {
        Cart last = carts.details().deleted(uid).orElseThrow(CartException.NotFound::new);
        return ShortResponse.of(HttpStatus.GONE_410, document.gone(last)).with(CACHE, NO_STORE);
    }

    /**
     * Answers later, with a page of the files of the newest cart of this uid. If there is none, answers that now.
     *
     * @throws CartException if it fails
     * @throws Refused if it is refused
     * @throws IOException if the client is gone
     */
    public void files(Exchange exchange, String uid) throws IOException {
        exchange.requireReading();
        Optional<Cart> cart = carts.status(uid);
        if (cart.isEmpty()) {
            exchange.send(gone(uid));
            return;
        }
        if (Parameters.number(exchange, "number", cart.get().id(), 1, Long.MAX_VALUE)
                != cart.get().id()) {
            throw new Refused(HttpStatus.CONFLICT_409, "There is a newer cart of this uid: begin with its first page.");
        }
        OwnPaths paths = exchange.paths(uid);
        FilesPage.Asked asked =
                new FilesPage.Asked(Parameters.number(exchange, "after", 0, 0, Long.MAX_VALUE), state(exchange), (int)
                        Parameters.number(exchange, "limit", FilesPage.Asked.MOST, 1, FilesPage.Asked.MOST));
        // A page may have megabytes, and a slow client must not hold a thread for requests.
        exchange.later(() -> sender.start(exchange, "the files of " + HeaderText.ascii(uid), () -> {
            exchange.response().setContentType(ShortResponse.JSON);
            exchange.response().setHeader(CACHE, NO_STORE);
            return new FilesPage(carts, cart.get(), asked, paths);
        }));
    }

    private static Optional<FileStatus> state(Exchange exchange) {
        return exchange.parameter("state")
                .map(word -> Arrays.stream(FileStatus.values())
                        .filter(status -> status.word().equals(word))
                        .findFirst()
                        .orElseThrow(() -> Parameters.wrong("state", word, STATES)));
    }
}
