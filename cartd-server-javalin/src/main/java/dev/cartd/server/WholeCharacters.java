package dev.cartd.server;

import dev.cartd.cart.CartException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Sees to it that bytes are UTF-8: Jackson takes some that are not. */
final class WholeCharacters {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer ignored = CharBuffer.allocate(2048);

    /**
     * How many of the first {@code length} bytes are whole characters; the next bytes must begin with the rest.
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
