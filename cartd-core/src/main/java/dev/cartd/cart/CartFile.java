package dev.cartd.cart;

import java.util.Optional;

/**
 * A file of a cart, as the store holds it. Rows of Pacifica Cartd are read as they are, so the texts may be anything.
 *
 * @param id the file's number in the store; greater than 0
 * @param archiveId what the archive calls it
 * @param path where it is inside the cart; {@link #bundlePath} is the checked form
 * @param checksum the hash that it must have
 * @param status its state
 * @param reason why it is in error, or that it changed in the archive while it was being pulled; empty otherwise
 * @param size its size in bytes as the archive told it, or {@link #UNKNOWN}
 * @param mtime its modification time as the archive told it, in whole seconds since 1970; 0 while the size is unknown
 * @param online whether the archive was seen to have it on disk, so that it can be pulled
 * @param asked when the archive was first asked to stage it, in milliseconds since 1970, or {@link #UNKNOWN}
 * @param shared whether its bytes are those of another cart's file, and take no room of their own
 * @param tries how many requests for it were refused or came back wrong since the last one that was right
 */
public record CartFile(
        long id,
        String archiveId,
        String path,
        Checksum checksum,
        FileStatus status,
        String reason,
        long size,
        long mtime,
        boolean online,
        long asked,
        boolean shared,
        int tries) {
    /** What {@link #size} and {@link #asked} are before they are known. */
    public static final long UNKNOWN = -1;

    /** The checked path; empty if this is a row whose path no request could have brought in. */
    public Optional<BundlePath> bundlePath() {
        try {
            return Optional.of(BundlePath.parse(path));
        } catch (CartException.Invalid e) {
            return Optional.empty();
        }
    }

    /** Whether size and modification time are known. */
    public boolean known() {
        return size != UNKNOWN;
    }

    /** This file, asked for at {@code now} (milliseconds since 1970). */
    public CartFile asked(long now) {
        return with(FileStatus.STAGING, "", size, mtime, online, now, false, 0);
    }

    /** This file, for which the archive need not be asked as long as another cart has its bytes or pulls them. */
    public CartFile expected() {
        return with(FileStatus.STAGING, "", size, mtime, online, UNKNOWN, false, 0);
    }

    /** Whether it is {@link #expected} from another cart. */
    public boolean isExpected() {
        return status == FileStatus.STAGING && asked == UNKNOWN;
    }

    /** This file with what the archive told of it. Size and time, once known, stay: they are the layout's input. */
    public CartFile seen(long newSize, long newMtime, boolean nowOnline) {
        return known()
                ? with(status, "", size, mtime, nowOnline, asked, shared, 0)
                : with(status, "", newSize, newMtime, nowOnline, asked, shared, 0);
    }

    /**
     * This file after the archive told another size or time of it than before, which may happen a few times: nothing
     * that was pulled of it counts, and {@code why} is remembered until it is staged.
     */
    public CartFile changed(long newSize, long newMtime, String why) {
        return with(status, why, newSize, newMtime, online, asked, false, tries + 1);
    }

    /** This file, on the volume and verified. */
    public CartFile staged() {
        return with(FileStatus.STAGED, "", size, mtime, online, asked, false, 0);
    }

    /** This file, sharing the bytes of another cart's that are on the volume and verified. */
    public CartFile linked() {
        return with(FileStatus.STAGED, "", size, mtime, online, asked, true, 0);
    }

    /** This file after its bytes were lost: nothing is left of it on the volume. */
    public CartFile lost() {
        return with(FileStatus.WAITING, "", size, mtime, false, UNKNOWN, false, 0);
    }

    /** This file from the beginning: all that the archive told of it is asked for anew. */
    public CartFile restaged() {
        return with(FileStatus.WAITING, "", UNKNOWN, 0, false, UNKNOWN, false, 0);
    }

    /** This file, in error for {@code why}. */
    public CartFile failed(String why) {
        return with(FileStatus.ERROR, why, size, mtime, online, asked, false, tries);
    }

    /** This file after one more request for it went wrong. */
    public CartFile triedAgain() {
        return with(status, reason, size, mtime, online, asked, shared, tries + 1);
    }

    private CartFile with(
            FileStatus next,
            String why,
            long newSize,
            long newMtime,
            boolean nowOnline,
            long when,
            boolean nowShared,
            int count) {
        if (next != status && !status.mayBecome(next)) {
            throw new IllegalStateException("file " + id + " is " + status.word() + ", it cannot be " + next.word());
        }
        return new CartFile(
                id, archiveId, path, checksum, next, why, newSize, newMtime, nowOnline, when, nowShared, count);
    }
}
