package dev.cartd.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * Makes the header of a member: one block, or a pax header and then that block if a value does not fit into the fields
 * of the block. Only names, sizes and times go into it, so that every machine makes the same bytes.
 */
final class TarHeader {
    /** The unit of a tar in bytes: every header and every file is padded to a multiple of it. */
    static final int BLOCK = 512;

    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private static final int SIZE_OFFSET = 124;
    private static final int MTIME_OFFSET = 136;
    private static final byte[] FILE = byLibrary("f", 0, 0);
    private static final byte[] DIRECTORY = byLibrary("d/", 0, 0);

    private TarHeader() {}

    /**
     * The length of {@link #bytes}, computed without making them: the layout of a million members needs every length,
     * but no header.
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

    /** The length of a pax record: this length in decimal, a space, the key, an equals sign, the value, a newline. */
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
     * @param name the path in the tar; that of a directory ends with {@code /}
     * @param size the number of data bytes
     * @param mtime in seconds since 1970; clamped to the range of {@link Instant}
     */
    static byte[] bytes(String name, long size, long mtime) {
        return length(name, size, mtime) == BLOCK ? plain(name, size, mtime) : byLibrary(name, size, mtime);
    }

    /** One block, filled in from the library's block for another name: its stream would take ten times as long. */
    private static byte[] plain(String name, long size, long mtime) {
        byte[] block = (name.endsWith("/") ? DIRECTORY : FILE).clone();
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, block, 0, ascii.length);
        TarUtils.formatLongOctalBytes(size, block, SIZE_OFFSET, TarConstants.SIZELEN);
        TarUtils.formatLongOctalBytes(mtime, block, MTIME_OFFSET, TarConstants.MODTIMELEN);
        Arrays.fill(block, TarConstants.CHKSUM_OFFSET, TarConstants.CHKSUM_OFFSET + TarConstants.CHKSUMLEN, (byte) ' ');
        TarUtils.formatCheckSumOctalBytes(
                TarUtils.computeCheckSum(block), block, TarConstants.CHKSUM_OFFSET, TarConstants.CHKSUMLEN);
        return block;
    }

    static byte[] byLibrary(String name, long size, long mtime) {
        TarArchiveEntry entry = new Entry(name);
        entry.setSize(size);
        entry.setLastModifiedTime(FileTime.from(instant(mtime)));
        ByteArrayOutputStream out = new ByteArrayOutputStream(3 * BLOCK);
        try {
            // Not closed: close() would throw, because the data of the entry was never written.
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

        // The library calls this for its own pax entries too, which would otherwise carry the name of the user that
        // runs this process.
        @Override
        public void putArchiveEntry(TarArchiveEntry entry) throws IOException {
            entry.setNames("", "");
            super.putArchiveEntry(entry);
        }
    }

    /**
     * An entry whose block holds the beginning of a name that is too long for the block. The library would write the
     * same, but it shortens the name one character at a time and encodes the rest each time, which takes quadratic
     * time.
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
