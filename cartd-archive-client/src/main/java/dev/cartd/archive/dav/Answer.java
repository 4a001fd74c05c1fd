package dev.cartd.archive.dav;

import dev.cartd.archive.http.FileHeaders;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import okhttp3.Response;

/** Reads the answers of a web server, which may be anything. */
final class Answer {
    private static final String SIZE = "Content-Length";
    private static final String MTIME = "Last-Modified";
    private static final String ENCODING = "Content-Encoding";

    private Answer() {}

    /**
     * The size and time of a file, from the answer to HEAD. A file without a time gets the first second of 1970.
     *
     * @throws ArchiveException if the answer has no size, or is none of success
     */
    static Found found(Response response) {
        requireWhole(response);
        FileHeaders headers = headers(response);
        return new Found(headers.size(SIZE), headers.text(MTIME).isPresent() ? headers.date(MTIME) : 0, Medium.DISK);
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
        headers(response).requireRange(from, size);
    }

    private static void requireCode(Response response, int code) {
        if (response.code() != code) {
            throw failure(response);
        }
        FileHeaders headers = headers(response);
        headers.text(ENCODING).filter(coding -> !coding.equals("identity")).ifPresent(coding -> {
            throw headers.nonsense(ENCODING, coding);
        });
    }

    private static FileHeaders headers(Response response) {
        return new FileHeaders("the web server", response.headers());
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
            case 429 -> ArchiveException.Unreachable.midway(answer);
            case 502, 503, 504 -> new ArchiveException.Unreachable(answer);
            default -> new ArchiveException.Refused(answer);
        };
    }
}
