package dev.cartd.server.request;

import dev.cartd.cart.CartException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Checks that bytes are UTF-8, since Jackson accepts some that are not. For one thread at a time. */
final class WholeCharacters {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer ignored = CharBuffer.allocate(2048);

    /**
     * Returns how many of the first {@code length} bytes are complete characters; the next call must begin with the
     * remaining bytes.
     *
     * @throws CartException.Invalid if they are not UTF-8
     */
    int in(byte[] bytes, int length) {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
        CoderResult result;
        do {
            ignored.clear();
            result = decoder.decode(in, ignored, false);
            if (result.isError()) {
                throw new CartException.Invalid("Invalid JSON document: it is not UTF-8");
            }
        } while (result.isOverflow());
        return in.position();
    }
}
