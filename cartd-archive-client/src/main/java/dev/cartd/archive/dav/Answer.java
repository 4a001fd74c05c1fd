package dev.cartd.archive.dav;

import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.time.Instant;
import java.util.Optional;
import okhttp3.Response;

/** Reads the answers of a web server, which may be anything. */
final class Answer {
    private static final String SIZE = "Content-Length";
    private static final String MTIME = "Last-Modified";
    private static final String RANGE = "Content-Range";
    private static final String ENCODING = "Content-Encoding";

    private Answer() {}

    /**
     * The size and time of a file, from the answer to HEAD. A file without a time gets the first second of 1970.
     *
     * @throws ArchiveException if the answer has no size, or is none of success
     */
    static Found found(Response response) {
        requireWhole(response);
        return new Found(size(response), mtime(response), Medium.DISK);
    }

    /**
     * Requires the answer to be the whole file, as it is.
     *
     * @throws ArchiveException if it is not
     */
    static void requireWhole(Response response) {
        requireCode(response, 200);
    }

    /**
     * Requires the answer to be the bytes of the file from {@code from} on.
     *
     * @throws ArchiveException if it is not
     */
    static void requireRange(Response response, long from, long size) {
        if (response.code() == 200) {
            throw new ArchiveException.Refused("the web server serves no ranges: a pull that was cut cannot go on");
        }
        requireCode(response, 206);
        String expected = "bytes " + from + "-" + (size - 1) + "/" + size;
        String range = header(response, RANGE).orElse("none");
        if (!range.equals(expected)) {
            throw new ArchiveException.Refused(
                    OneLine.of("the web server sends another range: " + range + ", asked for " + expected));
        }
    }

    private static void requireCode(Response response, int code) {
        if (response.code() != code) {
            throw failure(response);
        }
        header(response, ENCODING).filter(coding -> !coding.equals("identity")).ifPresent(coding -> {
            throw nonsense(ENCODING, coding);
        });
    }

    private static long size(Response response) {
        String text = header(response, SIZE)
                .orElseThrow(() -> new ArchiveException.Refused("the web server's answer has no " + SIZE));
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw nonsense(SIZE, text);
        }
    }

    private static long mtime(Response response) {
        Optional<String> text = header(response, MTIME);
        Instant date = response.headers().getInstant(MTIME);
        if (text.isPresent() && date == null) {
            throw nonsense(MTIME, text.get());
        }
        return date == null ? 0 : Math.max(0, Math.min(date.getEpochSecond(), Found.MAX_MTIME));
    }

    private static Optional<String> header(Response response, String name) {
        return Optional.ofNullable(response.header(name)).map(String::strip);
    }

    private static ArchiveException failure(Response response) {
        String answer = OneLine.of("the web server answers " + response.code() + ": " + response.message());
        if (response.isRedirect()) {
            return new ArchiveException.Refused(answer + ", which is a redirect: is it a directory?");
        }
        return switch (response.code()) {
            case 401, 403 ->
                new ArchiveException.Refused(answer
                        + ": are the user and password in the archive's URL right, and may that user read the file?");
            case 404, 410 -> new ArchiveException.Missing();
            case 429 -> ArchiveException.Unreachable.midway(answer, new IllegalStateException(answer));
            case 502, 503, 504 -> new ArchiveException.Unreachable(answer);
            default -> new ArchiveException.Refused(answer);
        };
    }

    private static ArchiveException nonsense(String header, String text) {
        return new ArchiveException.Refused(
                OneLine.of("the web server's answer makes no sense: " + header + " is " + text));
    }
}
