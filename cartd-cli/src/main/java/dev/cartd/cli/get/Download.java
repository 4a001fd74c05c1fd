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

    /** Whether its bytes begin at this one. */
    boolean beginsAt(long from) {
        return code() == 206
                && range.filter(known -> Long.parseLong(known.group(1)) == from).isPresent();
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
     * Reads the next bytes; negative at the end.
     *
     * @throws ServerAway if the connection breaks
     */
    int read(byte[] buffer) throws ServerAway {
        try {
            return response.body().byteStream().read(buffer);
        } catch (IOException e) {
            throw server.away(e);
        }
    }

    /** The message of an answer without bytes; may be empty. */
    String message() {
        return CartServer.message(response);
    }

    @Override
    public void close() {
        response.close();
    }
}
