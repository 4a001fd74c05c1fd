package dev.cartd.cli.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** A histogram of latencies, one for each value of a label: Micrometer has none for what others have counted. */
final class Histogram implements Collector {
    private final String name;
    private final String help;
    private final String label;
    private final Map<String, Latency> latencies = new LinkedHashMap<>();

    /** @param label the name of the label; empty for a histogram without one */
    Histogram(String name, String help, String label) {
        this.name = name;
        this.help = help;
        this.label = label;
    }

    void add(String value, Latency latency) {
        latencies.put(value, latency);
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder all = HistogramSnapshot.builder().name(name).help(help);
        latencies.forEach((value, latency) -> all.dataPoint(HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(Latency.bounds(), latency.counts()))
                .sum(latency.seconds())
                .labels(label.isEmpty() ? Labels.EMPTY : Labels.of(label, value))
                .build()));
        return all.build();
    }
}
