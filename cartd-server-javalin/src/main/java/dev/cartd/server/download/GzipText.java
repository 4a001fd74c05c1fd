package dev.cartd.server.download;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.eclipse.jetty.http.QuotedQualityCSV;

/**
 * A text in the format of gzip (RFC 1952), made piece by piece. Each piece is compressed by itself: between two pieces
 * nothing is kept but a checksum, so that many slow clients do not hold the memory that zlib takes. For one thread at a
 * time.
 */
final class GzipText {
    /** Deflate, no name, no time, no system. */
    private static final byte[] HEAD = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** The last block, which is empty. */
    private static final byte[] LAST_BLOCK = {3, 0};

    private static final int TAIL = 2 * Integer.BYTES;

    private final CRC32 crc = new CRC32();
    private long length;
    private boolean begun;
    private boolean ended;

    /** Whether a client wants its answer so. */
    static boolean isAccepted(HttpServletRequest request) {
        QuotedQualityCSV accepted = new QuotedQualityCSV();
        Collections.list(request.getHeaders("Accept-Encoding")).forEach(accepted::addValue);
        return accepted.getValues().stream().anyMatch("gzip"::equalsIgnoreCase);
    }

    /**
     * The bytes of the next piece; empty behind the end.
     *
     * @param text empty for the end of the text
     */
    Optional<byte[]> next(Optional<byte[]> text) {
        if (ended) {
            return Optional.empty();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!begun) {
            begun = true;
            out.writeBytes(HEAD);
        }
        if (text.isPresent()) {
            deflate(text.get(), out);
        } else {
            ended = true;
            out.writeBytes(LAST_BLOCK);
            out.writeBytes(tail());
        }
        return Optional.of(out.toByteArray());
    }

    /** Adds blocks that end with a byte, so that any other can follow. */
    private void deflate(byte[] text, ByteArrayOutputStream out) {
        crc.update(text);
        length += text.length;
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(text);
            byte[] buffer = new byte[1 << 13];
            int count;
            do {
                count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                out.write(buffer, 0, count);
            } while (count == buffer.length);
        } finally {
            deflater.end();
        }
    }

    /** The checksum and the length of the text, of both the lower 32 bits. */
    private byte[] tail() {
        return ByteBuffer.allocate(TAIL)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .putInt((int) length)
                .array();
    }
}
