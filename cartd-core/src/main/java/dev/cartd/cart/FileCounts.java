package dev.cartd.cart;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many files of a cart are in each state, and which types of hashes they have. Immutable, so safe for use by many
 * threads.
 *
 * @param waiting the files that are {@link FileStatus#WAITING}
 * @param staging the files that are {@link FileStatus#STAGING}, those on tape included
 * @param tape the files that are {@linkplain CartFile#isOnTape on tape}
 * @param staged the files that are {@link FileStatus#STAGED}
 * @param error the files that are in {@link FileStatus#ERROR}
 * @param hashTypes the known {@linkplain Checksum#type types} of hashes of its files, in alphabetical order
 */
public record FileCounts(int waiting, int staging, int tape, int staged, int error, Set<String> hashTypes) {
    /** No files. */
    public static final FileCounts NONE = new FileCounts(0, 0, 0, 0, 0, Set.of());

    /** Copies the types. */
    public FileCounts {
        hashTypes = Collections.unmodifiableSet(new TreeSet<>(hashTypes));
    }

    /** Counts these files. */
    public static FileCounts of(Collection<CartFile> files) {
        FileCounts counts = NONE;
        for (CartFile file : files) {
            counts = counts.plus(file.status(), file.isOnTape(), file.checksum(), 1);
        }
        return counts;
    }

    /**
     * These counts and {@code more} files that are alike.
     *
     * @param checksum a checksum of the type of theirs
     */
    public FileCounts plus(FileStatus status, boolean onTape, Checksum checksum, int more) {
        Set<String> types = hashTypes;
        if (checksum.isOfKnownType() && !types.contains(checksum.type())) {
            types = new TreeSet<>(types);
            types.add(checksum.type());
        }
        return switch (status) {
            case WAITING -> new FileCounts(waiting + more, staging, tape, staged, error, types);
            case STAGING -> new FileCounts(waiting, staging + more, onTape ? tape + more : tape, staged, error, types);
            case STAGED -> new FileCounts(waiting, staging, tape, staged + more, error, types);
            case ERROR -> new FileCounts(waiting, staging, tape, staged, error + more, types);
        };
    }
}
