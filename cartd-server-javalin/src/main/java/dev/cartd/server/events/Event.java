package dev.cartd.server.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(data.getBytes(StandardCharsets.UTF_8));
            return new Event(HexFormat.of().formatHex(digest, 0, ID_BYTES), data, isLast);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    ByteBuffer bytes() {
        return ByteBuffer.wrap(("id: " + id + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
