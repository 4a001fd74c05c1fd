package dev.cartd.cli.get;

import dev.cartd.cli.get.CartServer.ServerAway;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;

/** The answer to a download: a code, and the bytes if it is 200 or 206. For one thread. */
final class Download implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

    private final CartServer server;
    private final Response response;
    private final Optional<Matcher> range;

    Download(CartServer server, Response response) {
        this.server = server;
        this.response = response;
        this.range = Optional.ofNullable(response.header("Content-Range"))
                .map(RANGE::matcher)
                .filter(Matcher::matches);
    }

    int code() {
        return response.code();
    }

    /**
     * Requires of an answer 206 that its bytes begin at this one.
     *
     * @throws FileFailed if they do not
     */
    void requireFrom(long from) throws FileFailed {
        if (range.filter(known -> Long.parseLong(known.group(1)) == from).isEmpty()) {
            throw new FileFailed("the server sends another range than it was asked for");
        }
    }

    /** Whether an answer 416 says that the whole has just so many bytes. */
    boolean isWhole(long length) {
        return code() == 416 && ("bytes */" + length).equals(response.header("Content-Range"));
    }

    /** The length of the whole, if the answer has it. */
    OptionalLong total() {
        if (code() == 206) {
            return range.map(known -> OptionalLong.of(Long.parseLong(known.group(2))))
                    .orElse(OptionalLong.empty());
        }
        long length = response.body().contentLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    Optional<String> etag() {
        return Optional.ofNullable(response.header("ETag"));
    }

    /**
     * Adds its bytes to the part, until they end.
     *
     * @param size how many the part may have in the end
     * @throws FileFailed if more come
     * @throws ServerAway if the connection breaks; what came before is in the part
     */
    void copyTo(PartFile part, long size) throws FileFailed, ServerAway {
        byte[] buffer = new byte[BUFFER];
        for (int count = read(buffer); count >= 0; count = read(buffer)) {
            if (count > size - part.length()) {
                throw new FileFailed("the server sends more than the " + size + " bytes that it says");
            }
            part.write(buffer, count);
        }
    }

    private int read(byte[] buffer) throws ServerAway {
        try {
            return response.body().byteStream().read(buffer);
        } catch (IOException e) {
            throw server.away(e);
        }
    }

    /** The exception for an answer that is none to a download. */
    FileFailed unexpected() {
        String message = CartServer.message(response);
        return new FileFailed("the server answers " + code() + (message.isEmpty() ? "" : ": " + message));
    }

    @Override
    public void close() {
        response.close();
    }
}
