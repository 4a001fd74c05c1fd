package dev.cartd.archive.pacifica;

import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Headers;

/** Parses the headers of an answer to a status request, which may contain anything. */
final class StatusHeaders {
    private static final String SIZE = "X-Content-Length";
    private static final String MTIME = "Last-Modified";
    private static final String MEDIUM = "X-Pacifica-File-Storage-Media";
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d{1,40}(\\.\\d{0,40})?([eE][-+]?\\d{1,3})?");
    private static final BigDecimal MAX_MTIME = BigDecimal.valueOf(Found.MAX_MTIME);

    private StatusHeaders() {}

    /**
     * The parsed headers.
     *
     * @throws ArchiveException.Refused if a header is missing or makes no sense
     */
    static Found found(Headers headers) {
        return new Found(
                size(value(headers, SIZE)), mtime(headers, value(headers, MTIME)), medium(value(headers, MEDIUM)));
    }

    private static String value(Headers headers, String name) {
        return Optional.ofNullable(headers.get(name))
                .map(String::strip)
                .orElseThrow(() -> new ArchiveException.Refused("the archive's answer has no " + name));
    }

    private static long size(String text) {
        try {
            long size = Long.parseLong(text);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            // Treated like a negative size.
        }
        throw nonsense(SIZE, text);
    }

    private static long mtime(Headers headers, String text) {
        if (NUMBER.matcher(text).matches()) {
            BigDecimal seconds = new BigDecimal(text).max(BigDecimal.ZERO).min(MAX_MTIME);
            return seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
        }
        Instant date = headers.getInstant(MTIME);
        if (date == null) {
            throw nonsense(MTIME, text);
        }
        return Math.max(0, Math.min(date.getEpochSecond(), Found.MAX_MTIME));
    }

    private static Medium medium(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "disk" -> Medium.DISK;
            case "tape" -> Medium.TAPE;
            case "error" -> Medium.ERROR;
            default -> throw nonsense(MEDIUM, text);
        };
    }

    private static ArchiveException nonsense(String header, String text) {
        return new ArchiveException.Refused(
                OneLine.of("the archive's answer makes no sense: " + header + " is " + text));
    }
}
