package dev.cartd.server.page;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.server.access.SignedLink;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.server.view.CartDocument;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The routes of the page about a cart, {@code /-/carts/{uid}/}, and {@code /{uid}} for browsers; and the page for those
 * who are not let in.
 */
public final class PageRoutes {
    private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type",
            "text/html; charset=utf-8",
            "Content-Security-Policy",
            POLICY,
            "X-Content-Type-Options",
            "nosniff",
            // The address of a cart may be a secret.
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-store",
            "Vary",
            "Accept");

    private final Carts carts;
    private final CartPages pages;
    private final StaticFiles statics;
    private final Contact contact;
    private final TextSender sender;
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(
            null, ContentType.Html, PageRoutes.class.getClassLoader(), PageRoutes.class.getPackageName());

    /**
     * Pages about these carts, which refer to these files.
     *
     * @param contact whom they tell people to ask; empty for nobody in particular
     */
    public PageRoutes(Carts carts, CartDocument document, StaticFiles statics, String contact, TextSender sender) {
        this.carts = carts;
        this.statics = statics;
        this.contact = new Contact(contact);
        this.pages = new CartPages(carts, document, statics, this.contact);
        this.sender = sender;
    }

    /**
     * Answers later, with the page about the newest cart of this uid, whatever its state.
     *
     * @throws Refused if the method does not only read
     */
    public void answer(Exchange exchange, String uid) {
        exchange.requireReading();
        CartPages.Asked asked = CartPages.Asked.of(exchange, uid);
        send(exchange, uid, () -> page(asked, () -> carts.status(uid)), CartPage::status);
    }

    /**
     * Answers a browser that opens {@code /{uid}} while there is nothing to download: with the page, and the status
     * that other clients get.
     *
     * @return false if it did not: the client is no browser, or the cart is ready
     */
    public boolean isInstead(Exchange exchange, String uid) {
        if (!exchange.method().equals("GET") || !Browser.sent(exchange.request())) {
            return false;
        }
        CartPages.Asked asked = CartPages.Asked.of(exchange, uid);
        Optional<Cart> cart;
        try {
            cart = carts.status(uid);
        } catch (CartException.Unavailable e) {
            send(exchange, uid, () -> pages.away(asked, e), CartPage::statusOfDownload);
            return true;
        }
        if (cart.filter(found -> found.status() == CartStatus.READY).isPresent()) {
            return false;
        }
        send(exchange, uid, () -> page(asked, () -> cart), CartPage::statusOfDownload);
        return true;
    }

    /**
     * The answer to a browser that is not let in: a page, with the status and the headers that other clients get.
     *
     * @return empty if the client is no browser, or was refused for another reason
     */
    public Optional<ShortResponse> closed(Exchange exchange, Throwable failure) {
        if (!(failure instanceof Refused refused)
                || (refused.status() != HttpStatus.UNAUTHORIZED_401 && refused.status() != HttpStatus.FORBIDDEN_403)
                || !exchange.method().equals("GET")
                || !Browser.sent(exchange.request())) {
            return Optional.empty();
        }
        boolean hasLink = SignedLink.in(exchange.request().getQueryString()).isPresent();
        Map<String, String> headers = new LinkedHashMap<>(refused.headers());
        headers.putAll(HEADERS);
        String html = html("closed.jte", ClosedPage.of(refused, hasLink, isOfCart(exchange), statics, contact));
        return Optional.of(new ShortResponse(refused.status(), headers, html));
    }

    /** What is the service's own and no cart's is for admins, where it is not for everybody. */
    private static boolean isOfCart(Exchange exchange) {
        return !exchange.path().startsWith("/-/") || exchange.path().startsWith("/-/carts/");
    }

    private CartPage page(CartPages.Asked asked, Supplier<Optional<Cart>> cart) {
        try {
            return pages.of(asked, cart.get());
        } catch (CartException.Unavailable e) {
            return pages.away(asked, e);
        }
    }

    private void send(Exchange exchange, String uid, Supplier<CartPage> shown, Status status) {
        exchange.later(() -> sender.start(exchange, "the page of " + HeaderText.ascii(uid), () -> {
            CartPage page = shown.get();
            describe(exchange.response(), page, status.of(page));
            return TextSender.Pieces.once(() -> html("page.jte", page));
        }));
    }

    private String html(String template, Object page) {
        StringOutput html = new StringOutput();
        templates.render(template, page, html);
        return html.toString();
    }

    /** Which of the statuses of a page the response has. */
    @FunctionalInterface
    private interface Status {
        int of(CartPage page);
    }

    private static void describe(HttpServletResponse response, CartPage page, int status) {
        response.setStatus(status);
        HEADERS.forEach(response::setHeader);
        if (page.words().isInWork() || page.words() == Words.AWAY) {
            response.setHeader(Problems.RETRY_AFTER, "10");
        }
    }
}
