package dev.cartd.server.health;

import dev.cartd.Condition;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Outage;
import dev.cartd.server.http.Exchange;
import dev.cartd.server.http.JsonText;
import dev.cartd.server.http.Refused;
import dev.cartd.server.http.ShortResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Answers whether the process lives, and whether it is ready. Neither waits for anything: the conditions are what is
 * known already, so any number of these requests costs nothing but their answers.
 */
public final class HealthRoutes {
    private final Supplier<List<Condition>> conditions;
    private final Supplier<Optional<Instant>> stops;
    private final Instant started = Instant.now();

    /**
     * The routes of one server.
     *
     * @param conditions what carts need; fails with {@link CartException.Unavailable} while the program starts
     * @param stops since when the server is about to stop; empty if it is not
     */
    public HealthRoutes(Supplier<List<Condition>> conditions, Supplier<Optional<Instant>> stops) {
        this.conditions = conditions;
        this.stops = stops;
    }

    /**
     * Answers 200: the process lives, whatever else is away.
     *
     * @throws Refused if the method does not only read
     * @throws IOException if the client is gone
     */
    public void alive(Exchange exchange) throws IOException {
        exchange.requireReading();
        send(exchange, ShortResponse.of(HttpStatus.OK_200, "{\"alive\": true}"));
    }

    /**
     * Answers 200 if all that carts need is there and the server does not stop, otherwise 503.
     *
     * @throws Refused if the method does not only read
     * @throws IOException if the client is gone
     */
    public void ready(Exchange exchange) throws IOException {
        exchange.requireReading();
        List<Condition> all = all();
        boolean ready = all.stream().allMatch(one -> one.away().isEmpty());
        String lines = all.stream().map(HealthRoutes::line).collect(Collectors.joining(",\n"));
        send(
                exchange,
                ShortResponse.of(
                        ready ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503,
                        "{\"ready\": " + ready + ", \"checks\": [\n" + lines + "\n]}\n"));
    }

    private List<Condition> all() {
        List<Condition> all = new ArrayList<>();
        try {
            all.addAll(conditions.get());
            all.add(0, server(stops.get().map(since -> new Outage.Away(since, "cartd is stopping"))));
        } catch (CartException.Unavailable e) {
            all.add(server(Optional.of(new Outage.Away(started, e.getMessage()))));
        }
        return all;
    }

    private static Condition server(Optional<Outage.Away> away) {
        return new Condition("server", away);
    }

    private static String line(Condition condition) {
        String since = condition
                .away()
                .map(away -> '"' + away.since().toString() + '"')
                .orElse("null");
        String reason = condition.away().map(Outage.Away::reason).orElse("");
        return "{\"name\": \"" + condition.name() + "\", \"ok\": "
                + condition.away().isEmpty() + ", \"since\": " + since + ", \"reason\": \"" + JsonText.quoted(reason)
                + "\"}";
    }

    private static void send(Exchange exchange, ShortResponse answer) throws IOException {
        exchange.send(answer.with("Cache-Control", "no-store"));
    }
}
