package dev.cartd.server.console;

import dev.cartd.CartDetails;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.server.access.Gate;
import dev.cartd.server.access.Session;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.HeaderText;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.server.page.Browser;
import dev.cartd.server.page.StaticFiles;
import dev.cartd.server.page.Visible;
import dev.cartd.server.request.BodyLimits;
import dev.cartd.server.request.BodyReader;
import dev.cartd.server.request.FormBody;
import dev.cartd.server.view.CartSearch;
import dev.cartd.server.view.Overview;
import dev.cartd.spi.AuditLog;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of the console: the page {@code /-/}, and {@code /-/console/…}, where its forms are sent to. A form is
 * answered with the page, so that no answer is a redirect.
 */
public final class ConsoleRoutes {
    private static final String PATH = "/-/";
    private static final Logger AUDIT = LoggerFactory.getLogger(AuditLog.NAME);
    private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    /** With no-referrer a browser would not say where forms come from. The uids in addresses are for this server only. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type",
            "text/html; charset=utf-8",
            "Content-Security-Policy",
            POLICY,
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "same-origin",
            "Cache-Control",
            "no-store",
            "Vary",
            "Accept");

    private static final Set<CartStatus> IN_WORK = Set.of(CartStatus.WAITING, CartStatus.STAGING, CartStatus.BUNDLING);
    private static final Set<CartStatus> FAILED = Set.of(CartStatus.ERROR);
    private static final int FEW = 25;

    private final Carts carts;
    private final Overview overview;
    private final Gate gate;
    private final StaticFiles statics;
    private final BodyLimits limits;
    private final TextSender sender;
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ConsoleRoutes.class.getClassLoader(), ConsoleRoutes.class.getPackageName());

    /**
     * The console of these carts, whose pages refer to these files.
     *
     * @param gate who is let in
     */
    public ConsoleRoutes(
            Carts carts, Overview overview, Gate gate, StaticFiles statics, BodyLimits limits, TextSender sender) {
        this.carts = carts;
        this.overview = overview;
        this.gate = gate;
        this.statics = statics;
        this.limits = limits;
        this.sender = sender;
    }

    /**
     * Answers later, with the page.
     *
     * @throws Refused if it is refused
     */
    public void page(Exchange exchange) {
        exchange.requireReading();
        boolean isSearch = Stream.of("search", "state", "after", "limit")
                .anyMatch(name -> exchange.parameter(name).isPresent());
        Optional<CartSearch> search = isSearch ? Optional.of(CartSearch.of(exchange)) : Optional.empty();
        ConsolePage.Asked asked = new ConsolePage.Asked(
                search.map(CartSearch::part).orElse(""),
                exchange.parameter("state").orElse(""));
        ConsolePage.Viewer viewer = viewer(gate.session(exchange));
        exchange.later(() -> send(exchange, () -> page(viewer, "", asked, search)));
    }

    /**
     * The answer to a browser that asks for the page without a token: a form for it, with the status and the headers
     * that other clients get.
     *
     * @return empty if it asks for something else, is no browser, or was refused for another reason
     */
    public Optional<ShortResponse> closed(Exchange exchange, Throwable failure) {
        if (!(failure instanceof Refused refused)
                || refused.status() != HttpStatus.UNAUTHORIZED_401
                || !exchange.path().equals(PATH)
                || !exchange.method().equals("GET")
                || !Browser.sent(exchange.request())) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>(refused.headers());
        headers.putAll(HEADERS);
        return Optional.of(new ShortResponse(
                refused.status(), headers, token(refused.status(), "").body()));
    }

    /**
     * Answers later a form that was sent to {@code /-/console/} and this word.
     *
     * @throws CartException.NotFound if no form is sent there
     * @throws Refused if it is refused
     */
    public void form(Exchange exchange, String word) {
        Optional<Action> action = Action.of(word);
        if (action.isEmpty() && !word.equals("sign-in") && !word.equals("sign-out")) {
            throw new CartException.NotFound("Nothing matches the given URI");
        }
        if (!exchange.method().equals("POST")) {
            throw Refused.method("POST");
        }
        if (action.isPresent()) {
            read(exchange, fields -> press(exchange, action.get(), fields));
        } else if (word.equals("sign-in")) {
            read(exchange, fields -> signIn(exchange, fields));
        } else {
            read(exchange, fields -> signOut(exchange, fields));
        }
    }

    /** What answers a form, once it was read. */
    private interface Answer {
        CompletableFuture<Void> send();
    }

    private void read(Exchange exchange, Function<Map<String, String>, Answer> answerer) {
        limits.check(exchange.request());
        AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
        FormBody form = new FormBody(exchange.request(), fields -> answer.set(answerer.apply(fields)));
        exchange.later(
                () -> new BodyReader(exchange, limits.allowance(), form).start().thenCompose(read -> {
                    Answer known = answer.get();
                    // If there is none, the form was refused, and that is answered.
                    return known == null ? CompletableFuture.completedFuture(null) : known.send();
                }));
    }

    private Answer press(Exchange exchange, Action action, Map<String, String> fields) {
        Session session = gate.session(exchange, fields.getOrDefault("form", ""));
        String notice = press(exchange, action, fields.getOrDefault("cart", ""));
        overview.changed();
        return page(exchange, session, notice);
    }

    private String press(Exchange exchange, Action action, String number) {
        if (!number.matches("[0-9]{1,18}")) {
            throw new Refused(HttpStatus.BAD_REQUEST_400, "cart: " + HeaderText.ascii(number) + " is no cart's number");
        }
        try {
            long id = Long.parseLong(number);
            Optional<Cart> cart = carts.details().find(Set.of(), "", id + 1, 1).stream()
                    .filter(found -> found.id() == id)
                    .findFirst();
            if (cart.isEmpty()) {
                return "Cart " + id + " is no longer there.";
            }
            if (!action.run(carts.whole(), cart.get())) {
                return "Nothing was done: cart " + id + " " + action.why() + ".";
            }
            AUDIT.info(
                    "cart {} ({}) {}, as an admin asked in the console ({})",
                    id,
                    cart.get().uid(),
                    action.done(),
                    exchange.sender());
            return "Cart " + id + " " + action.done() + ".";
        } catch (CartException.Unavailable e) {
            return "Nothing was done: " + Visible.text(String.valueOf(e.getMessage()));
        }
    }

    private Answer signIn(Exchange exchange, Map<String, String> fields) {
        Optional<Session.Begun> signedIn = gate.signIn(exchange, fields.getOrDefault("token", ""));
        if (signedIn.isEmpty()) {
            return now(exchange, token(HttpStatus.FORBIDDEN_403, "This is no token of an admin of this server."));
        }
        AUDIT.info("{} signs in to the console", exchange.sender());
        exchange.response().setHeader("Set-Cookie", signedIn.get().cookie());
        return page(exchange, signedIn.get().session(), "");
    }

    private Answer signOut(Exchange exchange, Map<String, String> fields) {
        gate.session(exchange, fields.getOrDefault("form", ""));
        return now(
                exchange, token(HttpStatus.OK_200, "You are signed out.").with("Set-Cookie", gate.signOut(exchange)));
    }

    private static Answer now(Exchange exchange, ShortResponse response) {
        return () -> {
            try {
                exchange.send(response);
            } catch (IOException e) {
                exchange.cut(); // The client is gone.
            }
            return CompletableFuture.completedFuture(null);
        };
    }

    private Answer page(Exchange exchange, Session session, String notice) {
        ConsolePage.Viewer viewer = viewer(Optional.of(session));
        return () -> send(exchange, () -> page(viewer, notice, new ConsolePage.Asked("", ""), Optional.empty()));
    }

    private ConsolePage.Viewer viewer(Optional<Session> session) {
        return ConsolePage.Viewer.of(session, gate.hasSessions());
    }

    private CompletableFuture<Void> send(Exchange exchange, Supplier<ConsolePage> made) {
        return sender.start(exchange, "the console", () -> {
            ConsolePage page = made.get();
            exchange.response().setStatus(HttpStatus.OK_200);
            HEADERS.forEach(exchange.response()::setHeader);
            return TextSender.Pieces.once(() -> html("console.jte", page));
        });
    }

    private ConsolePage page(
            ConsolePage.Viewer viewer, String notice, ConsolePage.Asked asked, Optional<CartSearch> search) {
        try {
            CartDetails details = carts.details();
            return new ConsolePage(
                    viewer,
                    statics,
                    notice,
                    carts.conditions().stream()
                            .filter(condition -> condition.away().isPresent())
                            .toList(),
                    asked,
                    search.isPresent()
                            ? List.of(list("found", "Found", "No cart is like that.", search.get(), details))
                            : List.of(
                                    list("work", "In work", "No cart is in work.", few(IN_WORK), details),
                                    list("failed", "Failed", "No cart failed.", few(FAILED), details)),
                    search.isPresent() ? Optional.empty() : Optional.of(overview.state()));
        } catch (CartException.Unavailable e) {
            String why = "The carts cannot be seen now: " + Visible.text(String.valueOf(e.getMessage()));
            return new ConsolePage(
                    viewer, statics, notice.isEmpty() ? why : notice, List.of(), asked, List.of(), Optional.empty());
        }
    }

    private static CartSearch few(Set<CartStatus> states) {
        return new CartSearch(states, "", 0, FEW);
    }

    private ConsolePage.Carts list(String id, String title, String none, CartSearch search, CartDetails details) {
        CartSearch.Found found = search.in(details);
        Instant now = details.now();
        return new ConsolePage.Carts(
                id,
                title,
                none,
                found.carts().stream()
                        .map(cart -> ConsolePage.Row.of(cart, carts.message(cart), now))
                        .toList(),
                found.next().isEmpty() ? "" : PATH + found.next());
    }

    /** The form for the token of an admin. */
    private ShortResponse token(int status, String notice) {
        Map<String, Object> shown = Map.of("statics", statics, "notice", notice);
        return new ShortResponse(status, HEADERS, html("token.jte", shown));
    }

    private String html(String template, ConsolePage page) {
        StringOutput html = new StringOutput();
        templates.render(template, page, html);
        return html.toString();
    }

    private String html(String template, Map<String, Object> shown) {
        StringOutput html = new StringOutput();
        templates.render(template, shown, html);
        return html.toString();
    }
}
