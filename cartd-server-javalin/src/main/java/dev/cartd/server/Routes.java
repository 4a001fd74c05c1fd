package dev.cartd.server;

import dev.cartd.cart.CartException;
import dev.cartd.cart.Memory;
import dev.cartd.server.access.Gate;
import dev.cartd.server.carts.CartRoutes;
import dev.cartd.server.carts.Carts;
import dev.cartd.server.carts.LinkRoutes;
import dev.cartd.server.carts.RequestRules;
import dev.cartd.server.console.ConsoleRoutes;
import dev.cartd.server.download.BundleSender;
import dev.cartd.server.download.Downloads;
import dev.cartd.server.download.TextSender;
import dev.cartd.server.events.EventRoutes;
import dev.cartd.server.events.Watch;
import dev.cartd.server.files.FileRoutes;
import dev.cartd.server.files.ProofRoutes;
import dev.cartd.server.health.HealthRoutes;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.Problems;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import dev.cartd.server.metrics.MetricsRoute;
import dev.cartd.server.page.PageRoutes;
import dev.cartd.server.page.StaticFiles;
import dev.cartd.server.request.BodyLimits;
import dev.cartd.server.request.BodyReader;
import dev.cartd.server.request.DiscardedBody;
import dev.cartd.server.view.CartDocument;
import dev.cartd.server.view.Overview;
import dev.cartd.server.view.ViewRoutes;
import dev.cartd.spi.CartOwners;
import dev.cartd.spi.Notices;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Leads each request to the routes for its path, and answers it if they fail. */
final class Routes implements AutoCloseable {
    /** Up to this length a body is read before its request is refused, so that the connection can be reused. */
    private static final int SHORT_BODY = 64 * 1024;

    private final Problems problems;
    private final Gate gate;
    private final BodyLimits limits;
    private final CartRoutes carts;
    private final HealthRoutes health;
    private final ViewRoutes view;
    private final TextSender texts;
    private final ApiDescription description;
    private final Watch watch;
    private final EventRoutes events;
    private final FileRoutes files;
    private final ProofRoutes proofs;
    private final MetricsRoute metricsRoute = new MetricsRoute();
    private volatile @Nullable MetricsText metricsText;
    private volatile @Nullable CartOwners owners;
    private volatile @Nullable Notices notices;
    private final boolean hasLinks;
    private final LinkRoutes links;
    private final PageRoutes pages;
    private final StaticFiles statics = new StaticFiles();
    private final ConsoleRoutes console;

    Routes(
            Carts carts,
            Supplier<Optional<Instant>> stops,
            ServerConfig config,
            Problems problems,
            Downloads downloads) {
        this.health = new HealthRoutes(carts::conditions, stops);
        this.problems = problems;
        this.gate = new Gate(
                config.clientTokens(),
                config.adminTokens(),
                config.ownersOnly(),
                config.localAdmin(),
                this::owners,
                config.sessionTime());
        this.hasLinks = config.clientTokens().isPresent();
        this.links = new LinkRoutes(carts, this::owners, config.linkMax());
        this.limits = new BodyLimits(config.maxRequestSize(), config.idleTimeout(), Memory.ofHeap());
        this.carts = new CartRoutes(
                carts,
                new RequestRules(config.maxFiles(), config.bundleDefault(), config.keepMax(), config.notifyHosts()),
                problems,
                limits,
                new BundleSender(downloads),
                gate,
                this::notices);
        this.texts = new TextSender(downloads);
        CartDocument document = new CartDocument(carts, problems);
        this.files = new FileRoutes(carts, new BundleSender(downloads));
        this.proofs = new ProofRoutes(carts, document, texts);
        Overview overview = new Overview(carts, System::nanoTime);
        this.view = new ViewRoutes(carts, document, overview, texts);
        this.console = new ConsoleRoutes(carts, overview, gate, statics, limits, texts);
        this.watch = new Watch(carts, document, config.maxListeners(), config.eventPeriod());
        this.events = new EventRoutes(watch);
        this.pages = new PageRoutes(carts, document, statics, config.contact(), texts);
        this.description = ApiDescription.of(config.version());
    }

    /** Ends the responses that would end by themselves only when a cart does. */
    @Override
    public void close() {
        watch.close();
        metricsRoute.close();
    }

    /** Answers with these metrics from now on. */
    void metrics(MetricsText text) {
        metricsText = text;
    }

    /** Asks these owners from now on. */
    void owners(CartOwners found) {
        owners = found;
    }

    private CartOwners owners() {
        return started(owners, "who owns carts");
    }

    /** Records there who wants to be told of carts, from now on. */
    void notices(Notices found) {
        notices = found;
    }

    private Notices notices() {
        return started(notices, "whom it tells of carts");
    }

    private static <T> T started(@Nullable T found, String what) {
        if (found == null) {
            String message = "cartd is starting: it does not know yet " + what;
            throw new CartException.Unavailable(message, new IllegalStateException(message));
        }
        return found;
    }

    /** Answers a request, now or asynchronously. */
    void handle(Context context) throws IOException {
        // Javalin's own routes are not used: they decode paths, and accept the method from a header.
        context.skipRemainingHandlers();
        Exchange exchange = new Exchange(context, problems);
        try {
            exchange.requireFraming();
        } catch (Refused e) {
            // The end of the body is uncertain, so nothing after it is read.
            exchange.refuse(e, true);
            return;
        }
        try {
            Target target = Target.of(exchange.path());
            // Before anything else, and by the same target: so no way to write a path leads around it.
            gate.admit(exchange, target.need());
            target.enter(new Answers(exchange));
        } catch (IOException | RuntimeException | Error e) {
            if (exchange.bodyIsComing()) {
                exchange.later(() -> refuseUnread(exchange, e));
            } else {
                fail(exchange, e);
            }
        }
    }

    private void fail(Exchange exchange, Throwable failure) throws IOException {
        Optional<ShortResponse> page = console.closed(exchange, failure).or(() -> pages.closed(exchange, failure));
        if (page.isPresent()) {
            exchange.send(page.get());
        } else {
            exchange.fail(failure);
        }
    }

    /** Answers one request by the routes of its target. */
    private final class Answers implements Target.Doors {
        private final Exchange exchange;

        Answers(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void root() throws IOException {
            exchange.requireReading();
            exchange.send(ShortResponse.message(HttpStatus.OK_200, "Pacifica Cartd Interface Up and Running"));
        }

        @Override
        public void cart(String uid) throws IOException {
            if (!pages.isInstead(exchange, uid)) {
                carts.answer(exchange, uid);
            }
        }

        @Override
        public void cartPart(Target.CartPart target) throws IOException {
            switch (target.resource()) {
                case CART -> view.cart(exchange, target.uid());
                case PAGE -> pages.answer(exchange, target.uid());
                case FILES -> view.files(exchange, target.uid());
                case FILE -> files.answer(exchange, target.uid(), target.path());
                case MANIFEST -> proofs.manifest(exchange, target.uid());
                case METALINK -> proofs.metalink(exchange, target.uid());
                case EVENTS -> events.answer(exchange, target.uid());
                case LINKS -> {
                    if (!hasLinks) {
                        nowhere();
                    }
                    links.answer(exchange, target.uid());
                }
            }
        }

        @Override
        public void own(String name) throws IOException {
            switch (name) {
                case "health" -> health.alive(exchange);
                case "ready" -> health.ready(exchange);
                case "openapi.json" -> description();
                case "metrics" -> metrics();
                case "carts" -> view.carts(exchange);
                case "overview" -> view.overview(exchange);
                case "" -> console.page(exchange);
                default -> below(name);
            }
        }

        private void below(String name) throws IOException {
            if (name.startsWith(Target.CONSOLE)) {
                console.form(exchange, name.substring(Target.CONSOLE.length()));
            } else if (name.startsWith(Target.STATIC)) {
                statics.answer(exchange, name.substring(Target.STATIC.length()));
            } else {
                nowhere();
            }
        }

        private void description() {
            exchange.requireReading();
            exchange.later(() -> texts.start(exchange, "openapi.json", () -> {
                exchange.response().setContentType(ShortResponse.JSON);
                return TextSender.Pieces.once(description::json);
            }));
        }

        private void metrics() {
            MetricsText text = metricsText;
            if (text == null) {
                nowhere();
            } else {
                metricsRoute.answer(exchange, accept -> response(text.read(accept)));
            }
        }

        private static ShortResponse response(MetricsText.Page page) {
            return ShortResponse.of(HttpStatus.OK_200, page.body()).with("Content-Type", page.contentType());
        }

        @Override
        public void nowhere() {
            throw new CartException.NotFound("Nothing matches the given URI");
        }
    }

    private CompletableFuture<Void> refuseUnread(Exchange exchange, Throwable failure) {
        BodyReader reader = new BodyReader(exchange, limits.allowance(), new DiscardedBody(exchange, failure));
        long length = exchange.request().getContentLengthLong();
        return length >= 0 && length <= SHORT_BODY ? reader.start() : reader.refuse(failure);
    }
}
