package dev.cartd.spi;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultsTest {
    private static List<Fault> drawn(Faults faults, String method) {
        return IntStream.range(0, 10_000)
                .mapToObj(i -> faults.of(method, "file" + i % 100, i / 100))
                .toList();
    }

    @Test
    void theSameSeedGivesTheSameFaultsAtTheirRates() {
        List<Fault> first = drawn(new Faults(5).rate(Fault.ERROR, 0.05).rate(Fault.CUT, 0.08), "GET");
        assertThat(first.stream().filter(Fault.ERROR::equals)).hasSizeBetween(400, 600);
        assertThat(first.stream().filter(Fault.CUT::equals)).hasSizeBetween(650, 950);
        assertThat(drawn(new Faults(5).rate(Fault.CUT, 0.08).rate(Fault.ERROR, 0.05), "GET"))
                .isEqualTo(first);
        assertThat(drawn(new Faults(6).rate(Fault.ERROR, 0.05).rate(Fault.CUT, 0.08), "GET"))
                .isNotEqualTo(first);
    }

    @Test
    void onlyContentIsCut() {
        assertThat(drawn(new Faults(5).rate(Fault.CUT, 1), "GET")).containsOnly(Fault.CUT);
        assertThat(drawn(new Faults(5).rate(Fault.CUT, 1), "HEAD")).containsOnly(Fault.NONE);
    }

    @Test
    void aScriptGoesBeforeChance() {
        Faults faults = new Faults(5).rate(Fault.ERROR, 1).next("GET", "a", Fault.NONE, Fault.HANG);
        assertThat(faults.of("GET", "b", 1)).isEqualTo(Fault.ERROR);
        assertThat(faults.of("GET", "a", 1)).isEqualTo(Fault.NONE);
        assertThat(faults.of("GET", "a", 2)).isEqualTo(Fault.HANG);
        assertThat(faults.of("GET", "a", 3)).isEqualTo(Fault.ERROR);
        faults.none();
        assertThat(faults.of("GET", "a", 4)).isEqualTo(Fault.NONE);
    }
}
