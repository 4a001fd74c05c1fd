package dev.cartd.archive.pacifica;

import dev.cartd.archive.http.FileHeaders;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
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
     * @throws dev.cartd.spi.ArchiveException.Refused if a header is missing or makes no sense
     */
    static Found found(Headers answer) {
        FileHeaders headers = new FileHeaders("the archive", answer);
        return new Found(headers.size(SIZE), mtime(headers), medium(headers));
    }

    private static long mtime(FileHeaders headers) {
        String text = headers.required(MTIME);
        if (NUMBER.matcher(text).matches()) {
            BigDecimal seconds = new BigDecimal(text).max(BigDecimal.ZERO).min(MAX_MTIME);
            return seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
        }
        return headers.date(MTIME);
    }

    private static Medium medium(FileHeaders headers) {
        String text = headers.required(MEDIUM);
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "disk" -> Medium.DISK;
            case "tape" -> Medium.TAPE;
            case "error" -> Medium.ERROR;
            default -> throw headers.nonsense(MEDIUM, text);
        };
    }
}
