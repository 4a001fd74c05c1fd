package dev.cartd.store.sql;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Formats and parses times as Pacifica Cartd writes them: local time, {@code YYYY-MM-DD HH:MM:SS.ffffff}, without the
 * fraction if it is zero. The texts sort like the times. Local time is ambiguous for one hour a year, so times that
 * only cartd uses are stored as milliseconds or microseconds since 1970 instead.
 */
public final class LocalTimeText {
    private static final DateTimeFormatter SECONDS = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 9, SignStyle.NOT_NEGATIVE)
            .appendPattern("-MM-dd HH:mm:ss")
            .toFormatter();
    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .append(SECONDS)
            .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true)
            .toFormatter();
    private static final DateTimeFormatter LENIENT = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 9, SignStyle.NOT_NEGATIVE)
            .appendPattern("-MM-dd[[' ']['T']HH:mm[:ss]]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
            .toFormatter();

    private LocalTimeText() {}

    /** The local time, in the time zone of this process. */
    public static String format(Instant instant) {
        return format(LocalDateTime.ofInstant(instant, ZoneId.systemDefault()));
    }

    /** The text of a local time, truncated to microseconds. */
    public static String format(LocalDateTime time) {
        LocalDateTime local = time.truncatedTo(ChronoUnit.MICROS);
        return local.format(local.get(ChronoField.MICRO_OF_SECOND) == 0 ? SECONDS : MICROS);
    }

    /** The local time in the text, whatever its time zone was; empty if the text is null or no time. */
    public static Optional<LocalDateTime> local(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(time -> LocalDateTime.parse(time.trim(), LENIENT));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * The instant of the local time in the text, in the time zone of this process; the beginning of 1970 if the text is
     * null or no time.
     */
    public static Instant parse(@Nullable String text) {
        try {
            return local(text)
                    .map(time -> time.atZone(ZoneId.systemDefault()).toInstant())
                    .orElse(Instant.EPOCH);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
