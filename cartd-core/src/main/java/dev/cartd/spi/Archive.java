package dev.cartd.spi;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source of the files: disk, tape, or both behind one interface.
 *
 * <p>An id is any text that {@link dev.cartd.cart.CartRequest.Item} accepts, taken literally: {@code %41} and {@code ?}
 * mean themselves. An id never names anything outside the archive: one with an empty, {@code .} or {@code ..} segment
 * is {@linkplain ArchiveException.Refused refused}.
 *
 * <p>Who is responsible for what:
 *
 * <ul>
 *   <li>Time: the archive. Every call, and every read of a stream, ends within a bounded time. cartd has no timeout for
 *       {@link #stage} and {@link #status}: a call that hangs keeps a permit, and the step of its cart, until it ends.
 *   <li>Concurrency: cartd. Of calls about files and open streams of {@link #pull} together there are never more at once
 *       than {@code maxRequests}, over all nodes. Implementations are safe for use by that many threads.
 *   <li>Lists: the archive, if it wants. cartd calls {@link #stage(List)} and {@link #status(List)} with up to {@link
 *       #batch} ids, and each such call is one request. An archive that is asked for one file at a time leaves all
 *       three as they are.
 *   <li>Receipts: both. An archive may give a {@linkplain Staged receipt} for a recall. cartd stores it with the files;
 *       it asks {@link #failures} of files that are still on tape, calls {@link #release} for files that it has on its
 *       volume, and {@link #cancel} for files of a cart that was deleted. So may another process than the one that
 *       called {@code stage}. An archive that gives no receipt leaves all three as they are.
 *   <li>Retries: cartd. A call that fails throws an {@link ArchiveException}, whose subtype says whether the file is
 *       missing, the request was refused, or the archive could not be reached. The archive does not try again.
 *   <li>Strain: both. An archive says by {@link ArchiveException#isStrained} that too many requests at once may be the
 *       reason of a failure; then cartd sends fewer at once. Whatever else fails says nothing about the number of
 *       requests.
 *   <li>Interrupts: the archive. If a thread is interrupted while it waits for an answer, the call fails at once with
 *       {@link ArchiveException.Unreachable}, and the thread stays interrupted.
 *   <li>Sizes and hashes: cartd checks both for every pull, and resumes a pull that was cut.
 * </ul>
 */
public interface Archive extends AutoCloseable {
    /** The most characters of a text of the archive that cartd stores. */
    int MAX_TEXT = 500;

    /**
     * Whether cartd can store a text of the archive, such as a receipt: it has 1 to {@link #MAX_TEXT} characters, none
     * of them a control character or an unpaired surrogate. An archive refuses an answer with another one.
     */
    static boolean isStorable(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_TEXT
                && text.codePoints()
                        .noneMatch(c -> Character.isISOControl(c)
                                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

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
     * The most ids that {@link #stage(List)} and {@link #status(List)} are called with; 1 or more, always the same.
     * Each of these calls is one request, and is tried again as a whole if it throws.
     */
    default int batch() {
        return 1;
    }

    /**
     * Does what {@link #stage(String)} does for several files at once. Overridden together with {@link #batch}.
     *
     * @param ids different ids, 1 to {@link #batch}
     * @throws ArchiveException if the archive refuses the request as a whole or cannot be reached
     */
    default Staged stage(List<String> ids) {
        Map<String, ArchiveException> failed = new HashMap<>();
        for (String id : ids) {
            try {
                stage(id);
            } catch (ArchiveException.Missing | ArchiveException.Refused e) {
                failed.put(id, e);
            }
        }
        return new Staged(Optional.empty(), failed);
    }

    /**
     * Does what {@link #status(String)} does for several files at once. Overridden together with {@link #batch}.
     *
     * @param ids different ids, 1 to {@link #batch}
     * @return the answer for each of these ids
     * @throws ArchiveException if the archive refuses the request as a whole or cannot be reached
     */
    default Map<String, Status> status(List<String> ids) {
        Map<String, Status> answers = new HashMap<>();
        for (String id : ids) {
            try {
                answers.put(id, status(id));
            } catch (ArchiveException.Missing | ArchiveException.Refused e) {
                answers.put(id, new Failed(e));
            }
        }
        return answers;
    }

    /**
     * Returns why a recall does not bring files to disk, for each of these files that it has given up. Called for files
     * that are on tape. An archive that does not know the receipt any more names no file.
     *
     * @param receipt what {@link #stage(List)} returned for these files
     * @param ids different ids, 1 to {@link #batch}
     * @throws ArchiveException if the archive refuses the request or cannot be reached
     */
    default Map<String, ArchiveException> failures(String receipt, List<String> ids) {
        return Map.of();
    }

    /**
     * Notes that these files of a recall were pulled: as far as this recall is concerned the archive may remove them
     * from its disk. May be repeated.
     *
     * @param receipt what {@link #stage(List)} returned for these files
     * @param ids different ids, 1 to {@link #batch}
     * @throws ArchiveException if the archive refuses the request or cannot be reached
     */
    default void release(String receipt, List<String> ids) {}

    /**
     * Notes that these files of a recall are not needed any more, whether they are on disk by now or not. May be
     * repeated.
     *
     * @param receipt what {@link #stage(List)} returned for these files
     * @param ids different ids, 1 to {@link #batch}
     * @throws ArchiveException if the archive refuses the request or cannot be reached
     */
    default void cancel(String receipt, List<String> ids) {}

    /**
     * Opens the file's content from byte {@code from} to its end.
     *
     * <p>The caller does not trust the content: the stream may have too few, too many or wrong bytes and still end
     * without an error. A read throws an {@link IOException} when the archive is cut off or sends nothing for too long.
     * {@link InputStream#close} may be called by another thread and more than once; it makes a waiting read, and every
     * later one, fail at once. Everything else of a stream is for one thread at a time. The caller closes the stream.
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
     * An archive's answer to a stage request.
     *
     * @param receipt the name that the archive gives the recall; empty if it gives none
     * @param failed why the archive does not have a file, or refuses it, for each file that it does not stage
     */
    record Staged(Optional<String> receipt, Map<String, ArchiveException> failed) {
        /**
         * Checks the receipt.
         *
         * @throws IllegalArgumentException if it {@linkplain #isStorable cannot be stored}: a defect of the archive,
         *     which cartd logs and counts as a refusal
         */
        public Staged {
            if (receipt.filter(text -> !isStorable(text)).isPresent()) {
                throw new IllegalArgumentException("a receipt is empty, too long, or has control characters");
            }
        }
    }

    /** An archive's answer about one file of several. */
    sealed interface Status permits Found, Failed {}

    /**
     * The archive does not tell about this file.
     *
     * @param why any exception that {@link Archive#status(String)} may throw for this file
     */
    record Failed(ArchiveException why) implements Status {}

    /**
     * What an archive knows of a file.
     *
     * @param size the size of the file in bytes; 0 or more. An archive refuses a file whose size cannot be right
     * @param mtime when the file was last modified, in whole seconds since 1970, rounded down; from 0 to {@link
     *     #MAX_MTIME}: an archive replaces a time outside of that range by the nearer end. It is the time of the file
     *     in the tar and a part of the ETag, so it changes only if the file does
     * @param medium where the file is
     */
    record Found(long size, long mtime, Medium medium) implements Status {
        /** The last second of the year 9999. */
        public static final long MAX_MTIME = 253_402_300_799L;

        /** The allowed modification time that is nearest to this time. */
        public static long nearestMtime(Instant time) {
            return Math.max(0, Math.min(time.getEpochSecond(), MAX_MTIME));
        }

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if {@code size} or {@code mtime} is out of range: a defect of the archive,
         *     which cartd logs and counts as a refusal
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
