package dev.cartd.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * What stands before a member's data: one block, or, where its fields are too small, a pax header of its own and then
 * that block. Names, sizes and times are all that goes in, so that every machine makes the same bytes.
 */
final class TarHeader {
    /** What everything in a tar is a multiple of. */
    static final int BLOCK = 512;

    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private TarHeader() {}

    /**
     * How long {@link #bytes} will be, found without making them: a tar of a million members is laid out before one
     * header is due.
     */
    static int length(String name, long size, long mtime) {
        int bytes = Utf8.length(name);
        int pax = bytes == name.length() && bytes < TarConstants.NAMELEN ? 0 : record("path", bytes);
        if (!isOctal(size)) {
            pax += record("size", Long.toString(size).length());
        }
        long seconds = instant(mtime).getEpochSecond();
        if (!isOctal(seconds)) {
            pax += record("mtime", Long.toString(seconds).length());
        }
        return pax == 0 ? BLOCK : 2 * BLOCK + (pax + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** The length of a pax record: itself in decimal, a space, the key, an equals sign, the value, the end of the line. */
    private static int record(String key, int value) {
        int rest = key.length() + value + 3;
        int digits = Integer.toString(rest).length();
        return rest + Integer.toString(rest + digits).length();
    }

    private static boolean isOctal(long value) {
        return value >= 0 && value <= TarConstants.MAXSIZE;
    }

    /**
     * The header of a member.
     *
     * @param name its path in the tar; a directory's ends with {@code /}
     * @param size in bytes
     * @param mtime in seconds since 1970; what is outside the range of {@link Instant} is brought into it
     */
    static byte[] bytes(String name, long size, long mtime) {
        TarArchiveEntry entry = new Entry(name);
        entry.setSize(size);
        entry.setLastModifiedTime(FileTime.from(instant(mtime)));
        ByteArrayOutputStream out = new ByteArrayOutputStream(3 * BLOCK);
        try {
            // Not closed: it would insist on the data.
            new HeaderStream(out).putArchiveEntry(entry);
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused a tar header", e);
        }
        return out.toByteArray();
    }

    private static Instant instant(long seconds) {
        return Instant.ofEpochSecond(
                Math.max(Instant.MIN.getEpochSecond(), Math.min(seconds, Instant.MAX.getEpochSecond())));
    }

    /** Writes POSIX headers. */
    private static final class HeaderStream extends TarArchiveOutputStream {
        HeaderStream(ByteArrayOutputStream out) {
            super(out, StandardCharsets.UTF_8.name());
            setLongFileMode(LONGFILE_POSIX);
            setBigNumberMode(BIGNUMBER_POSIX);
            setAddPaxHeadersForNonAsciiNames(true);
        }

        // Every entry comes by here, the library's own for a pax header too, which would else carry the name of the
        // user that runs this process.
        @Override
        public void putArchiveEntry(TarArchiveEntry entry) throws IOException {
            entry.setNames("", "");
            super.putArchiveEntry(entry);
        }
    }

    /**
     * An entry whose block holds the beginning of a name that is too long for it, as the library would have it too: but
     * it finds that by dropping one character after the other and encoding the rest each time.
     */
    private static final class Entry extends TarArchiveEntry {
        private final String fullName;

        Entry(String name) {
            super(name, true);
            fullName = super.getName();
            setMode(isDirectory() ? DIRECTORY_MODE : FILE_MODE);
            setName(Utf8.cut(name, TarConstants.NAMELEN));
        }

        @Override
        public String getName() {
            return fullName;
        }
    }
}
