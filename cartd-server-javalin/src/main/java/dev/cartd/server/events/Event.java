package dev.cartd.server.events;

import dev.cartd.cart.Checksum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A cart as it was at a moment. The id follows from the data, so that any node knows what a client has seen.
 *
 * @param data JSON in one line
 * @param isLast whether nothing more is to be expected
 */
record Event(String id, String data, boolean isLast) {
    private static final int ID_BYTES = 12;

    static Event of(String data, boolean isLast) {
        byte[] digest = Checksum.sha256().digest(data.getBytes(StandardCharsets.UTF_8));
        return new Event(HexFormat.of().formatHex(digest, 0, ID_BYTES), data, isLast);
    }

    ByteBuffer bytes() {
        return ByteBuffer.wrap(("id: " + id + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
