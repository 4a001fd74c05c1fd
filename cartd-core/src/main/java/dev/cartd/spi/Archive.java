package dev.cartd.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * Where the files come from: disk, tape, or both behind one interface. An id is any text that {@code CartRequest}
 * accepts; an archive never lets it name anything outside itself.
 *
 * <p>Implementations are safe for use by many threads at once. Every call ends within a bounded time and fails with an
 * {@link ArchiveException} that says whether the file is missing, the request was refused, or the archive could not be
 * reached; none retries by itself. A thread that is interrupted while it waits for an answer fails at once, as
 * {@linkplain ArchiveException.Unreachable unreachable}, and stays interrupted.
 */
public interface Archive extends AutoCloseable {
    /** Asks for the file to be brought to disk. Idempotent; returns at once, however long that takes. */
    void stage(String id);

    /** What the archive knows of the file now. */
    Found status(String id);

    /**
     * Opens the file's content from byte {@code from} (0 up to {@code size}, both included) to its end.
     *
     * <p>What arrives is not trusted: it may be too short, too long or wrong, and ends cleanly all the same. Reads fail
     * with an {@link IOException} when the archive is cut off or silent for too long. {@link InputStream#close} may be
     * called by another thread and makes a read that waits fail at once.
     *
     * @param size the size of the whole file, as {@link #status} told it
     */
    InputStream pull(String id, long from, long size);

    /**
     * Looks whether the archive is there; called at the start of the work, so that one that is not is told of at once.
     * An archive that would have to be sent a request for that does nothing.
     *
     * @throws ArchiveException.Unreachable if it certainly is not; the message says what to do
     */
    default void check() {}

    /** Gives back what this archive opened for itself. */
    @Override
    void close();

    /**
     * What an archive knows of a file.
     *
     * @param size in bytes; 0 or more
     * @param mtime when the file was last modified, in whole seconds since 1970, rounded down; from 0 to the end of the
     *     year 9999
     * @param medium where it is
     */
    record Found(long size, long mtime, Medium medium) {
        /** The last second of the year 9999. */
        public static final long MAX_MTIME = 253_402_300_799L;

        /** Refuses what no file has. */
        public Found {
            if (size < 0 || mtime < 0 || mtime > MAX_MTIME) {
                throw new IllegalArgumentException("no file has size " + size + " and mtime " + mtime);
            }
        }
    }

    /** Where a file is inside the archive. */
    enum Medium {
        /** It can be pulled now. */
        DISK,
        /** It cannot be pulled yet. */
        TAPE,
        /** It never can be. */
        ERROR
    }
}
