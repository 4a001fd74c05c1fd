package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats sizes and times for messages to people. Safe for use by many threads. */
public final class HumanText {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};

    private HumanText() {}

    /** A size such as {@code 93 GB}; units are powers of 1000 bytes. */
    public static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    }

    /** A moment such as {@code 2026-11-22T08:00:00}, in the local time of this machine. */
    public static String moment(Instant moment) {
        return MOMENT.format(moment);
    }

    /** A moment such as {@code 02:14 UTC}, with the date if that is not the date of {@code now} in UTC. */
    public static String utc(Instant moment, Instant now) {
        boolean today = moment.truncatedTo(ChronoUnit.DAYS).equals(now.truncatedTo(ChronoUnit.DAYS));
        return (today ? TIME : DAY_AND_TIME).format(moment);
    }

    /** A length of time such as {@code 30 minutes}, in the largest unit of which it is a multiple; whole seconds. */
    public static String duration(Duration duration) {
        if (!duration.isZero() && duration.toSeconds() % 86_400 == 0) {
            return plural(duration.toDays(), "day");
        }
        if (!duration.isZero() && duration.toSeconds() % 3_600 == 0) {
            return plural(duration.toHours(), "hour");
        }
        if (!duration.isZero() && duration.toSeconds() % 60 == 0) {
            return plural(duration.toMinutes(), "minute");
        }
        return plural(duration.toSeconds(), "second");
    }

    private static String plural(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
