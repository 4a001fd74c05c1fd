package dev.cartd.cart;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lengths of time as people write them: {@code 7d}, {@code 1.5 hours}, {@code 90}. Safe for many threads. */
public final class TimeSpan {
    /** The allowed texts, in words that follow "allowed is". */
    public static final String ALLOWED = "a time such as 60 s, 30 minutes, 1 hour or 2 days, or short 30s, 15m, 12h, "
            + "7d, 2w; a plain number is seconds";

    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([a-z]*)");

    private static final Map<String, Long> SECONDS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("s", 1L),
            Map.entry("second", 1L),
            Map.entry("m", 60L),
            Map.entry("minute", 60L),
            Map.entry("h", 3_600L),
            Map.entry("hour", 3_600L),
            Map.entry("d", 86_400L),
            Map.entry("day", 86_400L),
            Map.entry("w", 604_800L),
            Map.entry("week", 604_800L));

    private TimeSpan() {}

    /**
     * Reads a length of time. A plain number is in seconds. The result is not negative and is rounded down to whole
     * milliseconds.
     *
     * @throws IllegalArgumentException if the text is no length of time, or has more milliseconds than a long can count
     */
    public static Duration of(String text) {
        Matcher form = FORM.matcher(text);
        Long unit = form.matches() ? SECONDS.get(singular(form.group(2))) : null;
        if (unit == null) {
            throw new IllegalArgumentException("no length of time");
        }
        BigDecimal millis = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit * 1000));
        try {
            return Duration.ofMillis(millis.setScale(0, RoundingMode.DOWN).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a longer time than can be counted", e);
        }
    }

    private static String singular(String unit) {
        return unit.length() > 2 && unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
    }
}
