package dev.cartd.cli.metrics;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatencyTest {
    @Test
    void countsInTheRangeThatATimeIsIn() {
        Latency latency = new Latency();
        latency.add(0);
        latency.add(1_000_000);
        latency.add(1_000_001);
        latency.add(100_000_000_000L);
        assertThat(latency.counts())
                .hasSameSizeAs(Latency.bounds())
                .startsWith(2, 1)
                .endsWith(0, 1);
        assertThat(Arrays.stream(latency.counts()).sum()).isEqualTo(4);
        assertThat(latency.seconds()).isEqualTo(100.002000001);
    }
}
