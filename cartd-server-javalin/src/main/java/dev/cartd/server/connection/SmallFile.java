package dev.cartd.server.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the operator that is read whole, and again while the server runs: whatever is there then. */
public final class SmallFile {
    private static final int MOST_BYTES = 1 << 20;

    private SmallFile() {}

    /**
     * The bytes of a file, each as the character of its number, so that what is beyond ASCII is taken too.
     *
     * @throws IOException if it cannot be read, is no regular file, or is longer than 1 MiB; it has the path
     */
    public static String text(Path path) throws IOException {
        // To open a FIFO would wait for somebody who writes.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new FileSystemException(path.toString(), null, "it is no file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new FileSystemException(path.toString(), null, "it is longer than 1 MiB");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
