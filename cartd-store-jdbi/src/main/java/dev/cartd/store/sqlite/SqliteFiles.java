package dev.cartd.store.sqlite;

import dev.cartd.cart.FailureText;
import dev.cartd.store.sql.FileWatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three files of an open SQLite database: the database, its {@code -wal} and its {@code -shm}. SQLite continues to
 * write to files that were removed, renamed or replaced, and those writes are lost. So this checks that each file is
 * still the one that was opened. The header shows that the database was overwritten in place: its format or its
 * {@code application_id} differs, or its change counter went back. Safe for use by many threads.
 *
 * <p>A connection is kept open until the end, since closing the last connection removes the {@code -wal} and
 * {@code -shm} files.
 */
final class SqliteFiles implements FileWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFiles.class);
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 100;
    private static final int CHANGES = 24;
    private static final int APPLICATION = 68;

    /**
     * Open database files, by file key; never closed. When a process closes any descriptor of a file, POSIX releases
     * all of the process's locks on it, including SQLite's. So each file is opened only once, and not as a channel,
     * which an interrupt of its thread would close.
     */
    private static final Map<Object, RandomAccessFile> OPENED = new HashMap<>();

    private final List<Part> parts;
    private final Connection anchor;
    private final RandomAccessFile bytes;
    private long changes;
    private int application;
    private boolean closed;

    /**
     * One of the three files.
     *
     * @param path the path of the file
     * @param key the identity of the file; null if the system has none, or if there is no such file, as on a file
     *     system that does not support a write-ahead log
     * @param cure what to do if the file is gone
     */
    private record Part(Path path, @Nullable Object key, String cure) {}

    private SqliteFiles(List<Part> parts, Connection anchor, RandomAccessFile bytes) {
        this.parts = parts;
        this.anchor = anchor;
        this.bytes = bytes;
    }

    /**
     * Starts to watch the files of a database.
     *
     * @param file the database
     * @param anchor a connection to it; closed with the watch, or at once if the files cannot be read
     * @throws SQLException if the files cannot be read
     */
    static SqliteFiles watch(Path file, Connection anchor) throws SQLException {
        try (Statement statement = anchor.createStatement()) {
            statement.execute("select count(*) from sqlite_master");
            List<Part> parts = List.of(
                    part(file, "put it back; a restart would begin with an empty database"),
                    part(beside(file, "-wal"), "put it back, or restart cartd, which saves what was in it"),
                    part(beside(file, "-shm"), "put it back, or restart cartd, which makes a new one"));
            SqliteFiles files = new SqliteFiles(parts, anchor, bytes(parts.get(0)));
            files.check();
            return files;
        } catch (IOException e) {
            anchor.close();
            throw new SQLException("the files of the database cannot be read: " + FailureText.of(e), e);
        } catch (SQLException | RuntimeException e) {
            anchor.close();
            throw e;
        }
    }

    @Override
    public synchronized void check() throws SQLException {
        if (closed) {
            return; // The files may be gone legitimately.
        }
        try {
            for (Part part : parts) {
                checkKey(part);
            }
            checkHeader();
        } catch (IOException e) {
            throw new LostFileException("the files of the database cannot be read: " + FailureText.of(e));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            anchor.close();
        } catch (SQLException e) {
            LOG.warn("a connection to the database cannot be closed: {}", e.toString());
        }
    }

    private static void checkKey(Part part) throws IOException, SQLException {
        if (part.key == null) {
            return;
        }
        try {
            if (!part.key.equals(key(part.path))) {
                throw new LostFileException("another file was put in place of " + part.path
                        + " while it was in use: put the old one back, or restart cartd to work with this one");
            }
        } catch (NoSuchFileException e) {
            throw new LostFileException(part.path + " was removed or renamed while it was in use: " + part.cure);
        }
    }

    /** SQLite writes whole pages, so this never reads half of an old header and half of a new one. */
    private void checkHeader() throws IOException, SQLException {
        byte[] read = new byte[HEADER];
        int length;
        synchronized (bytes) {
            bytes.seek(0);
            length = bytes.read(read);
        }
        ByteBuffer header = ByteBuffer.wrap(read);
        if (length < HEADER || header.slice(0, MAGIC.length).mismatch(ByteBuffer.wrap(MAGIC)) >= 0) {
            throw overwritten();
        }
        int id = header.getInt(APPLICATION);
        long counter = Integer.toUnsignedLong(header.getInt(CHANGES));
        if ((application != 0 && id != application) || counter < changes) {
            throw overwritten();
        }
        application = id;
        changes = counter;
    }

    private LostFileException overwritten() {
        return new LostFileException(parts.get(0).path + " was overwritten while it was in use:"
                + " stop cartd, put a whole database there, remove its -wal and -shm, and start cartd");
    }

    private static Part part(Path path, String cure) throws IOException {
        try {
            return new Part(path, key(path), cure);
        } catch (NoSuchFileException e) {
            return new Part(path, null, cure);
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static Path beside(Path file, String end) {
        return file.resolveSibling(file.getFileName() + end);
    }

    private static RandomAccessFile bytes(Part file) throws IOException {
        Object key = file.key == null ? file.path : file.key;
        // Under a lock, so that no file is opened twice: the garbage collector would close the second descriptor.
        synchronized (OPENED) {
            RandomAccessFile known = OPENED.get(key);
            if (known == null) {
                known = new RandomAccessFile(file.path.toFile(), "r");
                OPENED.put(key, known);
            }
            return known;
        }
    }
}
