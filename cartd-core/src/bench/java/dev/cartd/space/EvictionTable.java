package dev.cartd.space;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results in the Markdown of docs/eviction.md. */
final class EvictionTable {
    private static final String HEAD = """
            | volume | policy | hits | hits by bytes | pulled, TB | evictions | of them early |
            | ---: | --- | ---: | ---: | ---: | ---: | ---: |
            """;

    private EvictionTable() {}

    static String of(List<Result> results) {
        return HEAD + results.stream().map(EvictionTable::row).collect(Collectors.joining());
    }

    private static String row(Result result) {
        Tally tally = result.tally();
        return String.format(
                Locale.ROOT,
                "| %d %% | %s | %.1f %% | %.1f %% | %,.0f | %,d | %,d |\n",
                result.percent(),
                result.policy().title(),
                tally.hits(),
                tally.byteHits(),
                tally.bytesPulled() / 1e12,
                tally.evictions(),
                tally.early());
    }
}
