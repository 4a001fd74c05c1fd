package dev.cartd.legacy;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a tar made by Pacifica Cartd is complete and has exactly the files of its cart. It reads the headers and
 * skips the data, so it takes about a millisecond for a hundred files, however large they are, and does not verify the
 * data.
 */
final class PacificaTar {
    private static final int BLOCK = 512;

    /** A tar ends with two blocks of zeros, and with further ones up to the end of a record. */
    private static final int SHORTEST_END = 2 * BLOCK;

    private static final int LONGEST_END = 1 << 20;

    /** The limit for the headers of one member in bytes; a path has at most 2,048. */
    private static final int LONGEST_HEADER = 64 << 10;

    private final Headers headers;
    private final Map<String, CartFile> missing = new LinkedHashMap<>();
    private long end;

    private PacificaTar(SeekableByteChannel tar, List<CartFile> files) throws IOException {
        this.headers = new Headers(tar);
        for (CartFile file : files) {
            String path = file.bundlePath().map(BundlePath::value).orElse(file.path());
            missing.put(path, file);
        }
    }

    /**
     * The first problem of a tar that should have exactly these files, in words for people; empty if there is none.
     *
     * @param tar open for reading; its position is changed, and it is not closed
     * @throws IOException if the tar cannot be read
     */
    static Optional<String> problem(SeekableByteChannel tar, List<CartFile> files) throws IOException {
        return new PacificaTar(tar, files).problem();
    }

    private Optional<String> problem() throws IOException {
        try {
            // Not closed: the caller closes the channel.
            TarArchiveInputStream tar = new TarArchiveInputStream(headers, StandardCharsets.UTF_8.name());
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                end = headers.position() + (entry.getSize() + BLOCK - 1) / BLOCK * BLOCK;
                Optional<String> wrong = problemOf(entry);
                if (wrong.isPresent()) {
                    return wrong;
                }
                headers.begin();
                entry = tar.getNextEntry();
            }
        } catch (IOException | RuntimeException e) {
            headers.throwFailure();
            return Optional.of("its tar is cut or damaged at byte " + headers.position());
        }
        return endProblem().or(this::missingFile);
    }

    private Optional<String> problemOf(TarArchiveEntry entry) {
        if (entry.getSize() < 0 || end > headers.size()) {
            return Optional.of("its tar is cut: it ends at byte " + headers.size());
        }
        if (!entry.isCheckSumOK()) {
            return Optional.of("its tar is damaged before byte " + headers.position());
        }
        String name = entry.getName();
        if (entry.isDirectory()) {
            return Optional.empty();
        }
        CartFile file = missing.remove(name.substring(name.indexOf('/') + 1));
        if (file == null || !isPlain(entry)) {
            return Optional.of("its tar has a member that is no file of the cart, or has it twice: " + name);
        }
        return file.known() && file.size() != entry.getSize()
                ? Optional.of("file " + file.path() + " has not its size in the tar")
                : Optional.empty();
    }

    private static boolean isPlain(TarArchiveEntry entry) {
        byte kind = entry.getLinkFlag();
        return (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM) && !entry.isSparse();
    }

    private Optional<String> endProblem() throws IOException {
        long rest = headers.size() - end;
        if (rest < SHORTEST_END) {
            return Optional.of("its tar is cut: it has no end");
        }
        if (rest > LONGEST_END || !headers.isZero(end, (int) rest)) {
            return Optional.of("its tar is damaged: it goes on after its last file");
        }
        return Optional.empty();
    }

    private Optional<String> missingFile() {
        return missing.values().stream().findFirst().map(file -> "file " + file.path() + " is not in its tar");
    }

    /** Reads the headers of a tar and seeks over the data; limits how much is read between two members. */
    private static final class Headers extends InputStream {
        private final SeekableByteChannel tar;
        private final long size;
        private long position;
        private long budget = LONGEST_HEADER;
        private @Nullable IOException failure;

        Headers(SeekableByteChannel tar) throws IOException {
            this.tar = tar;
            this.size = tar.size();
        }

        long position() {
            return position;
        }

        long size() {
            return size;
        }

        /** Resets the limit for the headers of the next member. */
        void begin() {
            budget = LONGEST_HEADER;
        }

        /** Throws the failure of the channel, if there was one: then the volume failed, and the tar may be right. */
        void throwFailure() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        boolean isZero(long from, int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            tar.position(from);
            while (bytes.hasRemaining() && tar.read(bytes) > 0) {
                // The loop fills the buffer.
            }
            for (byte each : bytes.array()) {
                if (each != 0) {
                    return false;
                }
            }
            return !bytes.hasRemaining();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            budget -= length;
            if (budget < 0) {
                throw new IOException("the headers of a member are longer than " + LONGEST_HEADER + " bytes");
            }
            try {
                tar.position(position);
                int count = tar.read(ByteBuffer.wrap(to, offset, length));
                position += Math.max(0, count);
                return count;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, size - position));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, size - position);
        }
    }
}
