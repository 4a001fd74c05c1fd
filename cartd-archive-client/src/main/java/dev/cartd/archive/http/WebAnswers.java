package dev.cartd.archive.http;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import okhttp3.Response;

/**
 * Reads the answers of a web server to requests for files, which may be anything. Immutable.
 *
 * @param sender whose answers they are, for messages, such as {@code the web server}
 * @param credentials what to look at if the server lets cartd not in, such as {@code is the password right?}
 */
public record WebAnswers(String sender, String credentials) {
    private static final String SIZE = "Content-Length";
    private static final String MTIME = "Last-Modified";
    private static final String ENCODING = "Content-Encoding";

    /**
     * The size and time of a file, from the answer to HEAD. A file without a time gets the first second of 1970.
     *
     * @throws ArchiveException if the answer has no size, or is none of success
     */
    public Found found(Response response) {
        requireWhole(response);
        FileHeaders headers = headers(response);
        return new Found(headers.size(SIZE), headers.text(MTIME).isPresent() ? headers.date(MTIME) : 0, Medium.DISK);
    }

    /**
     * Requires the answer to be the whole file, as it is.
     *
     * @throws ArchiveException if it is not
     */
    public void requireWhole(Response response) {
        requireCode(response, 200);
    }

    /**
     * Requires the answer to be the bytes of the file from {@code from} on.
     *
     * @throws ArchiveException if it is not
     */
    public void requireRange(Response response, long from, long size) {
        if (response.code() == 200) {
            throw new ArchiveException.Refused(sender + " serves no ranges: a pull that was cut cannot go on");
        }
        requireCode(response, 206);
        headers(response).requireRange(from, size);
    }

    private void requireCode(Response response, int code) {
        if (response.code() != code) {
            throw failure(response);
        }
        FileHeaders headers = headers(response);
        headers.text(ENCODING).filter(coding -> !coding.equals("identity")).ifPresent(coding -> {
            throw headers.nonsense(ENCODING, coding);
        });
    }

    private FileHeaders headers(Response response) {
        return new FileHeaders(sender, response.headers());
    }

    private ArchiveException failure(Response response) {
        String answer = OneLine.of(sender + " answers " + response.code() + ": " + response.message());
        if (response.isRedirect()) {
            return new ArchiveException.Refused(answer + ", which is a redirect: is it a directory?");
        }
        return switch (response.code()) {
            case 401, 403 -> new ArchiveException.Refused(answer + ": " + credentials);
            case 404, 410 -> new ArchiveException.Missing();
            case 429 -> ArchiveException.Unreachable.midway(answer);
            case 502, 503, 504 -> new ArchiveException.Unreachable(answer);
            default -> new ArchiveException.Refused(answer);
        };
    }
}
