package dev.cartd.cli.metrics;

import dev.cartd.Cartd;
import dev.cartd.Condition;
import dev.cartd.cart.CartStatus;
import dev.cartd.cli.command.Version;
import dev.cartd.server.CartdServer;
import dev.cartd.server.MetricsText;
import dev.cartd.store.CartSums;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseUse;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Shows all counters by Micrometer, in Prometheus' text format or as OpenMetrics. Labels have few values: never a uid,
 * a path or a reason. For one thread at a time.
 */
final class Exposition {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TEXT = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Micrometer holds what it reads by weak references only. */
    private final List<Object> kept = new ArrayList<>();

    Exposition(Metrics metrics, Cartd cartd, Database database, CartdServer server, Path volume) {
        gauge("cartd.build", "Always 1; the label has the version", () -> 1, "version", Version.number());
        conditions(cartd, metrics.archives().keySet());
        carts(metrics.cartCounts());
        stored(new StoredFigures(cartd, database, volume));
        archives(metrics.archives(), cartd);
        steps(metrics.steps());
        downloads(server);
        notices(metrics.notices());
        database("read", database::reads);
        database("write", database::writes);
        process();
    }

    MetricsText.Page read(String accept) {
        String type = accept.toLowerCase(Locale.ROOT).contains(OPEN_METRICS) ? OPEN_METRICS_TEXT : TEXT;
        return new MetricsText.Page(type, registry.scrape(type));
    }

    private void conditions(Cartd cartd, Set<String> archives) {
        List<String> names = new ArrayList<>(List.of("database", "volume", "engine"));
        archives.forEach(archive -> names.add(("archive " + archive).strip()));
        for (String name : names) {
            gauge(
                    "cartd.available",
                    "1 if what carts need is there, 0 if it is away; NaN if this node does not need it",
                    () -> available(cartd, name),
                    "name",
                    name);
        }
    }

    private static double available(Cartd cartd, String name) {
        Optional<Condition> found = cartd.conditions().stream()
                .filter(condition -> condition.name().equals(name))
                .findFirst();
        return found.map(condition -> condition.away().isEmpty() ? 1.0 : 0.0).orElse(Double.NaN);
    }

    private void carts(CartCounts counts) {
        count("cartd.carts.ready", "Carts that this process made ready", counts.ready());
        for (FailureCause cause : FailureCause.values()) {
            count(
                    "cartd.carts.failed",
                    "Carts that failed in this process",
                    counts.failed(cause),
                    "cause",
                    cause.label());
        }
        count("cartd.carts.evicted", "Carts that this process evicted", counts.evicted());
        count("cartd.evicted.bytes", "The bytes of the carts that this process evicted", counts.evictedBytes());
    }

    private void stored(StoredFigures figures) {
        for (CartStatus status : CartStatus.values()) {
            if (status != CartStatus.DELETED) {
                gauge(
                        "cartd.carts",
                        "Carts in the database, of all nodes",
                        () -> figures.of(sums -> sums.carts().getOrDefault(status, 0L)),
                        "state",
                        status.word());
            }
        }
        gauge(
                "cartd.oldest.cart.age.seconds",
                "The age of the oldest cart in work; 0 if there is none",
                () -> age(figures, CartSums::oldest));
        gauge("cartd.room.queue.carts", "Carts that wait for room", () -> figures.of(CartSums::queued));
        gauge(
                "cartd.room.queue.age.seconds",
                "How long the first cart in the room queue has waited; 0 if there is none",
                () -> age(figures, CartSums::queuedSince));
        gauge("cartd.volume.used.bytes", "The bytes that carts hold on the volume", () -> figures.of(CartSums::used));
        gauge(
                "cartd.volume.reserved.bytes",
                "The bytes that carts in work have reserved and do not hold yet",
                () -> figures.of(CartSums::reserved));
        gauge("cartd.volume.free.bytes", "The free bytes of the volume's file system", figures::free);
        gauge("cartd.volume.size.bytes", "The size of the volume's file system", figures::size);
    }

    private static double age(StoredFigures figures, Function<CartSums, Optional<Instant>> since) {
        return figures.of(sums -> since.apply(sums)
                .map(first -> Math.max(0, Duration.between(first, Instant.now()).toMillis() / 1000.0))
                .orElse(0.0));
    }

    /** A server with one archive has no label for it. */
    private void archives(Map<String, CountedArchive.Counts> archives, Cartd cartd) {
        Histogram latency = new Histogram("cartd_archive_request_seconds", "How long the archive took to answer");
        archives.forEach((name, counts) -> {
            String shown = name.isEmpty() ? "archiveinterface" : name;
            String[] label = archives.size() == 1 ? new String[0] : new String[] {"archive", shown};
            for (CountedArchive.Method method : CountedArchive.Method.values()) {
                latency.add(counts.latency(method), labels(label, "method", method.label()));
                failures(counts, method, label);
            }
            gauge(
                    "cartd.archive.requests.waiting",
                    "Requests that wait for an answer now",
                    counts.running()::sum,
                    label);
            gauge(
                    "cartd.archive.request.limit",
                    "How many requests the archive can take at once",
                    () -> cartd.requestLimit(name),
                    label);
            count("cartd.pulled.files", "Files that came whole from the archive", counts.files(), label);
            count("cartd.pulled.bytes", "Bytes that came from the archive", counts.bytes(), label);
        });
        registry.getPrometheusRegistry().register(latency);
    }

    private void failures(CountedArchive.Counts counts, CountedArchive.Method method, String... label) {
        for (CountedArchive.Failure failure : CountedArchive.Failure.values()) {
            count(
                    "cartd.archive.failures",
                    "Requests to the archive that failed",
                    counts.failures(method, failure),
                    labels(label, "method", method.label(), "kind", failure.label()));
        }
    }

    private static String[] labels(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    private void steps(CountedSteps.Counts counts) {
        Histogram latency = new Histogram("cartd_step_seconds", "How long the steps of carts took");
        latency.add(counts.latency());
        registry.getPrometheusRegistry().register(latency);
        gauge("cartd.steps.running", "Steps that run now", counts.running()::sum);
        count("cartd.steps.failed", "Steps that failed and are tried again", counts.failed());
    }

    private void downloads(CartdServer server) {
        gauge(
                "cartd.downloads.running",
                "Downloads that run now",
                () -> server.downloads().running());
        count(
                "cartd.downloads.begun",
                "Downloads that began",
                () -> server.downloads().begun());
        count(
                "cartd.downloads.resumed",
                "Downloads of a range only",
                () -> server.downloads().resumed());
        count(
                "cartd.downloads.cut",
                "Downloads that ended too early",
                () -> server.downloads().cut());
        count(
                "cartd.downloads.refused",
                "Downloads that were too many",
                () -> server.downloads().refused());
        count(
                "cartd.served.bytes",
                "Bytes of tars that were sent",
                () -> server.downloads().bytes());
    }

    private void notices(NoticeCounts counts) {
        count("cartd.notices.sent", "Notices that arrived", counts.sent());
        count("cartd.notices.failed", "Tries to send a notice that failed", counts.failed());
        count("cartd.notices.given.up", "Notices that were given up", counts.givenUp());
    }

    private void database(String use, Supplier<DatabaseUse> now) {
        kept.add(now);
        FunctionTimer.builder(
                        "cartd.database.use",
                        now,
                        of -> of.get().count(),
                        of -> of.get().took().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Statements and transactions, and how long they took")
                .tags("use", use)
                .register(registry);
        count(
                "cartd.database.failures",
                "Statements and transactions that failed",
                () -> now.get().failures(),
                "use",
                use);
        connections(use, "active", () -> now.get().active());
        connections(use, "idle", () -> now.get().idle());
        connections(use, "most", () -> now.get().most());
        gauge(
                "cartd.database.waiting",
                "Threads that wait for a connection",
                () -> now.get().waiting(),
                "use",
                use);
    }

    private void connections(String use, String state, DoubleSupplier number) {
        gauge("cartd.database.connections", "Connections to the database", number, "use", use, "state", state);
    }

    private void process() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        // Micrometer's own metrics of the garbage collector need a listener, and show more than anybody looks at.
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            kept.add(collector);
            FunctionTimer.builder(
                            "jvm.gc",
                            collector,
                            GarbageCollectorMXBean::getCollectionCount,
                            GarbageCollectorMXBean::getCollectionTime,
                            TimeUnit.MILLISECONDS)
                    .description("Collections of garbage")
                    .tags("gc", collector.getName())
                    .register(registry);
        }
    }

    private void gauge(String name, String description, DoubleSupplier value, String... labels) {
        Gauge.builder(name, value::getAsDouble)
                .description(description)
                .tags(labels)
                .register(registry);
    }

    private void count(String name, String description, LongAdder adder, String... labels) {
        count(name, description, adder::sum, labels);
    }

    private void count(String name, String description, DoubleSupplier value, String... labels) {
        kept.add(value);
        FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
                .description(description)
                .tags(labels)
                .register(registry);
    }
}
