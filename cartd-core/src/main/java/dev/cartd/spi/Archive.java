package dev.cartd.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * The source of the files: disk, tape, or both behind one interface. An id is any text that {@link
 * dev.cartd.cart.CartRequest.Item} accepts; an archive never lets an id name anything outside the archive.
 *
 * <p>Implementations are safe for use by many threads at once. Every call ends within a bounded time. A call that fails
 * throws an {@link ArchiveException}, whose subtype says whether the file is missing, the request was refused, or the
 * archive could not be reached; an archive does not retry by itself. If a thread is interrupted while it waits for an
 * answer, the call fails at once with {@link ArchiveException.Unreachable}, and the thread stays interrupted.
 */
public interface Archive extends AutoCloseable {
    /**
     * Asks the archive to bring the file to disk, and returns without waiting until the file is there. May be repeated.
     *
     * @throws ArchiveException if the archive does not have the file, refuses the request or cannot be reached
     */
    void stage(String id);

    /**
     * Returns what the archive knows of the file now.
     *
     * @throws ArchiveException if the archive does not have the file, refuses the request or cannot be reached
     */
    Found status(String id);

    /**
     * Opens the file's content from byte {@code from} to its end.
     *
     * <p>The caller does not trust the content: the stream may have too few, too many or wrong bytes and still end
     * without an error. A read throws an {@link IOException} when the archive is cut off or sends nothing for too long.
     * {@link InputStream#close} may be called by another thread, and makes a waiting read fail at once. Everything else
     * of a stream is for one thread at a time. The caller closes the stream.
     *
     * @param from the first byte to read; from 0 to {@code size}, both included
     * @param size the size of the whole file in bytes, as {@link #status} returned it
     * @throws ArchiveException if the archive does not have the file, refuses the request or cannot be reached
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     */
    InputStream pull(String id, long from, long size);

    /**
     * Checks whether the archive is there. Called once when the work starts, on a thread of its own, so that a missing
     * archive is logged at once. An archive that would have to send a request for this does nothing.
     *
     * @throws ArchiveException.Unreachable if the archive certainly is not there; the message says what to do
     */
    default void check() {}

    /**
     * Closes what this archive opened; calls that are under way may fail. Called by the program that made the archive.
     */
    @Override
    void close();

    /**
     * What an archive knows of a file.
     *
     * @param size the size of the file in bytes; 0 or more
     * @param mtime when the file was last modified, in whole seconds since 1970, rounded down; from 0 to {@link
     *     #MAX_MTIME}
     * @param medium where the file is
     */
    record Found(long size, long mtime, Medium medium) {
        /** The last second of the year 9999. */
        public static final long MAX_MTIME = 253_402_300_799L;

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if {@code size} or {@code mtime} is out of range
         */
        public Found {
            if (size < 0 || mtime < 0 || mtime > MAX_MTIME) {
                throw new IllegalArgumentException("no file has size " + size + " and mtime " + mtime);
            }
        }
    }

    /** Where a file is inside the archive. */
    enum Medium {
        /** On disk: the file can be pulled now. */
        DISK,
        /** On tape: the file cannot be pulled until the archive has brought it to disk. */
        TAPE,
        /** The archive reports that it cannot read the file. This counts as a refusal, after some tries as final. */
        ERROR
    }
}
