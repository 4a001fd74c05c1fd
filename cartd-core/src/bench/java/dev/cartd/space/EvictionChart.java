package dev.cartd.space;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Results as docs/eviction.svg: hits to the left, bytes pulled to the right, over the size of the volume. */
final class EvictionChart {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int TOP = 70;

    private final List<Result> results;
    private final List<Integer> percents;

    EvictionChart(List<Result> results) {
        this.results = results;
        this.percents = results.stream().map(Result::percent).distinct().toList();
    }

    String svg() {
        return text(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 370" font-family="sans-serif" font-size="13">
                <rect width="820" height="370" fill="white"/>
                %s%s%s</svg>
                """,
                legend(),
                panel(60, "hits, % of requests", 10, 80, tally -> tally.hits()),
                panel(470, "pulled, PB", 1, 6, tally -> tally.bytesPulled() / 1e15));
    }

    private static String legend() {
        List<Contender> all = List.of(Contender.values());
        return all.stream()
                .map(policy -> legend(policy, 60 + 150 * all.indexOf(policy)))
                .collect(Collectors.joining());
    }

    private static String legend(Contender policy, int left) {
        return text("""
                <path d="M %d 20 h 30" %s/>
                <text x="%d" y="25">%s</text>
                """, left, stroke(policy), left + 37, policy.title());
    }

    private String panel(int left, String title, int step, int most, ToDoubleFunction<Tally> value) {
        String lines = IntStream.rangeClosed(0, most / step)
                .mapToObj(i -> gridline(i * step, HEIGHT - HEIGHT * i * step / most))
                .collect(Collectors.joining());
        String ticks = percents.stream().map(this::tick).collect(Collectors.joining());
        String curves = Stream.of(Contender.values())
                .map(policy -> curve(policy, value, most))
                .collect(Collectors.joining());
        return text("""
                <g transform="translate(%d %d)">
                <text x="0" y="-12" font-weight="bold">%s</text>
                %s%s%s<text x="%d" y="%d" text-anchor="middle">volume, %% of all bytes asked for</text>
                </g>
                """, left, TOP, title, lines, ticks, curves, WIDTH / 2, HEIGHT + 45);
    }

    private static String gridline(int label, int y) {
        return text("""
                <path d="M 0 %1$d h %2$d" stroke="#ddd"/>
                <text x="-8" y="%3$d" text-anchor="end">%4$d</text>
                """, y, WIDTH, y + 4, label);
    }

    private String tick(int percent) {
        return text("""
                <text x="%d" y="%d" text-anchor="middle">%d</text>
                """, x(percent), HEIGHT + 20, percent);
    }

    private String curve(Contender policy, ToDoubleFunction<Tally> value, int most) {
        String points = results.stream()
                .filter(result -> result.policy() == policy)
                .map(result -> text(
                        "%d,%.1f", x(result.percent()), HEIGHT - HEIGHT * value.applyAsDouble(result.tally()) / most))
                .collect(Collectors.joining(" "));
        return text("""
                <polyline points="%s" %s/>
                """, points, stroke(policy));
    }

    /** Each size is twice the one before, so they are drawn at equal distances. */
    private int x(int percent) {
        return 20 + (WIDTH - 40) * percents.indexOf(percent) / (percents.size() - 1);
    }

    /** Colours that those who mix up red and green can tell apart; the lines that come later leave LRU to be seen. */
    private static String stroke(Contender policy) {
        return switch (policy) {
            case LRU -> stroke("#000000", 5, "none");
            case INVERSE_CREDIT -> stroke("#e69f00", 2.5, "7 4");
            case LOG_CREDIT -> stroke("#0072b2", 2.5, "none");
            case LARGEST -> stroke("#cc79a7", 2.5, "none");
            case FIFO -> stroke("#888888", 2.5, "2 3");
        };
    }

    private static String stroke(String colour, double width, String dashes) {
        return text("fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-dasharray=\"%s\"", colour, width, dashes);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
