package dev.cartd.space;

import dev.cartd.space.Demand.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes the tables and the plot of docs/eviction.md, the same each time. Takes the directory that they are in. */
public final class EvictionSimulation {
    private static final int CARTS = 200_000;
    private static final int REQUESTS = 500_000;
    private static final long SEED = 1;

    private EvictionSimulation() {}

    public static void main(String[] args) throws IOException {
        List<Result> fading = run(true, 5, 10, 20, 40);
        List<Result> steady = run(false, 10);
        Path document = Path.of(args[0], "eviction.md");
        String text = fill(Files.readString(document), "fading", EvictionTable.of(fading));
        Files.writeString(document, fill(text, "steady", EvictionTable.of(steady)));
        Files.writeString(document.resolveSibling("eviction.svg"), new EvictionChart(fading).svg());
    }

    private static List<Result> run(boolean fades, int... percents) {
        List<Request> year = new Demand(CARTS, REQUESTS, fades).year(SEED);
        List<Result> results = new ArrayList<>();
        for (int percent : percents) {
            long room = Demand.bytes(year) * percent / 100;
            Stream.of(Contender.values())
                    .parallel()
                    .map(policy -> new Result(policy, percent, new SimulatedVolume(room, policy).serve(year)))
                    .forEachOrdered(results::add);
        }
        return results;
    }

    /** The text with a table between its two marks. */
    private static String fill(String text, String name, String table) {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- end of " + name + " -->\n";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalStateException("eviction.md has no place for the table: " + name);
        }
        return text.substring(0, from) + begin + table + text.substring(to);
    }
}
