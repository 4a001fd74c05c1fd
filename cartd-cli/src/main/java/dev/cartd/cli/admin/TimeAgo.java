package dev.cartd.cli.admin;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A moment relative to now, as in {@code 7 days ago}.
 *
 * @param duration how long ago it was; negative for a moment in the future
 */
record TimeAgo(Duration duration) {
    private static final Map<String, Long> MICROS = Map.of(
            "microseconds", 1L,
            "milliseconds", 1_000L,
            "seconds", 1_000_000L,
            "minutes", 60_000_000L,
            "hours", 3_600_000_000L,
            "days", 86_400_000_000L,
            "weeks", 604_800_000_000L);
    private static final Pattern FORM = Pattern.compile(
            "([+-]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?) ([a-z]+) (?:ago|after)");
    private static final long MOST_DAYS = 999_999_999;

    /** The moment; the first or last {@link Instant} if it is beyond these. */
    Instant before(Instant now) {
        try {
            return now.minus(duration);
        } catch (DateTimeException | ArithmeticException e) {
            return duration.isNegative() ? Instant.MAX : Instant.MIN;
        }
    }

    /** Reads an argument; {@code after} means the same as {@code ago}, as in Pacifica Cartd. */
    static final class Converter implements ITypeConverter<TimeAgo> {
        @Override
        public TimeAgo convert(String text) {
            Matcher form = FORM.matcher(text);
            Long micros = form.matches() ? MICROS.get(form.group(2)) : null;
            if (micros == null) {
                throw refused(text);
            }
            BigDecimal all = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(micros));
            BigDecimal[] seconds = all.setScale(0, RoundingMode.HALF_EVEN)
                    .divideAndRemainder(BigDecimal.valueOf(MICROS.getOrDefault("seconds", 1L)));
            if (seconds[0].abs().compareTo(BigDecimal.valueOf(MOST_DAYS * 86_400)) > 0) {
                throw refused(text);
            }
            return new TimeAgo(Duration.ofSeconds(seconds[0].longValueExact(), seconds[1].longValueExact() * 1000));
        }

        private static TypeConversionException refused(String text) {
            return new TypeConversionException("'" + text + "' is no time: allowed is such as '7 days ago', in"
                    + " microseconds, milliseconds, seconds, minutes, hours, days or weeks");
        }
    }
}
