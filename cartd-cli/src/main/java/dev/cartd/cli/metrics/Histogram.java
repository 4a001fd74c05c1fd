package dev.cartd.cli.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** A histogram of latencies, one for each value of its labels: Micrometer has none for what others have counted. */
final class Histogram implements Collector {
    private final String name;
    private final String help;
    private final Map<Labels, Latency> latencies = new LinkedHashMap<>();

    Histogram(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** @param labels names and values, in turn */
    void add(Latency latency, String... labels) {
        latencies.put(Labels.of(labels), latency);
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder all = HistogramSnapshot.builder().name(name).help(help);
        latencies.forEach((labels, latency) -> all.dataPoint(HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(Latency.bounds(), latency.counts()))
                .sum(latency.seconds())
                .labels(labels)
                .build()));
        return all.build();
    }
}
