package dev.cartd.volume;

import dev.cartd.system.FileOwner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The mark of a volume: a hidden file in its top directory that holds one line, the volume's id. Pacifica Cartd and
 * programs that look for carts do not use hidden files there.
 */
final class MarkFile {
    static final String NAME = ".cartd-volume";

    private static final String UNFINISHED = NAME + "-new";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

    private MarkFile() {}

    /**
     * The id of the volume at this path; empty if there is no mark, or no directory.
     *
     * @throws IOException if the mark cannot be read, or holds no id
     */
    static Optional<String> read(Path root) throws IOException {
        Path file = root.resolve(NAME);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                InputStream in = Channels.newInputStream(channel)) {
            String id = new String(in.readNBytes(200), StandardCharsets.US_ASCII).strip();
            if (!ID.matcher(id).matches()) {
                throw new IOException(file + " is not a mark that cartd wrote");
            }
            return Optional.of(id);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the mark, replacing an older one; it is durable when this returns, if the file system can sync
     * directories.
     */
    static void write(Path root, String id) throws IOException {
        Path unfinished = root.resolve(UNFINISHED);
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer line = ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
        FileOwner.giveToOwner(unfinished);
        Files.move(unfinished, root.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncName(root);
    }

    /** Ignores failures: if the file system cannot sync directories, a power cut may lose the mark. */
    private static void syncName(Path root) throws IOException {
        try {
            Disk.sync(root);
        } catch (IOException e) {
            if (!Files.isDirectory(root)) {
                throw e;
            }
        }
    }
}
