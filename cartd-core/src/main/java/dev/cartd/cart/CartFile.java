package dev.cartd.cart;

import java.util.Optional;

/**
 * A file of a cart, as the store recorded it. For a file of Pacifica Cartd the texts may be anything: they are not
 * checked when they are read. Immutable, so safe for use by many threads.
 *
 * <p>The methods that return this file in another state throw {@link IllegalStateException} if {@link
 * FileStatus#mayBecome} forbids the change.
 *
 * @param id its number in the store; greater than 0
 * @param archiveId its id in the archive
 * @param path its path inside the cart, unchecked; {@link #bundlePath} is the checked path
 * @param checksum the hash that it must have
 * @param status its state
 * @param reason why it is in error, or that it changed in the archive while it was being pulled; empty otherwise
 * @param size its size in bytes as the archive reported it, or {@link #UNKNOWN}
 * @param mtime its modification time as the archive reported it together with the size, in whole seconds since 1970; 0
 *     while the size is unknown. The tar and its ETag have the time from here, not from the disk
 * @param online whether the archive last reported that it is on disk, so that it can be pulled
 * @param asked when the archive was first asked for it, in milliseconds since 1970, or {@link #UNKNOWN}
 * @param shared whether it shares its bytes with a file of another cart and takes no room of its own
 * @param tries how many requests for it in a row were refused or answered wrongly; 0 after a correct answer
 * @param crc the CRC-32 of its bytes, or {@link #UNKNOWN}: it was computed when they had the right hash, so it stays
 *     true as long as the hash does
 * @param sha256 the SHA-256 of its bytes in 64 hex digits, if somebody needed it and {@code checksum} has another type;
 *     it stays true as the CRC-32 does. {@link #hash} also knows a SHA-256 that is the checksum
 * @param receipt names the recall that brings it to disk, see {@link dev.cartd.spi.Archive.Staged}; empty if there is
 *     none, or the archive knows that the recall is not needed any more
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
        int tries,
        long crc,
        Optional<String> sha256,
        String receipt) {
    /**
     * The value of {@link #size}, {@link #asked} and {@link #crc} before they are known: a number and not an {@code
     * Optional}, since a cart may have hundreds of thousands of files. Read it through {@link #known}, {@link #isAsked}
     * and {@link #hasCrc}.
     */
    public static final long UNKNOWN = -1;

    /** A file of which nobody has computed more than its hash. */
    public CartFile(
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
        this(
                id,
                archiveId,
                path,
                checksum,
                status,
                reason,
                size,
                mtime,
                online,
                asked,
                shared,
                tries,
                UNKNOWN,
                Optional.empty(),
                "");
    }

    /** The checked path; empty if the path is not valid, which is possible for a file of Pacifica Cartd only. */
    public Optional<BundlePath> bundlePath() {
        try {
            return Optional.of(BundlePath.parse(path));
        } catch (CartException.Invalid e) {
            return Optional.empty();
        }
    }

    /** Whether the size and the modification time are known. */
    public boolean known() {
        return size != UNKNOWN;
    }

    /** Whether the CRC-32 is known. */
    public boolean hasCrc() {
        return crc != UNKNOWN;
    }

    /** This file with the CRC-32 of its bytes, which had the right hash, or with {@link #UNKNOWN} for no change. */
    public CartFile withCrc(long newCrc) {
        long next = newCrc == UNKNOWN ? crc : newCrc;
        return withSums(next, sha256);
    }

    /** This file with the SHA-256 of its bytes, which had the right hash, or with an empty one for no change. */
    public CartFile withSha256(Optional<String> newSha256) {
        return withSums(crc, newSha256.or(() -> sha256));
    }

    private CartFile withSums(long newCrc, Optional<String> newSha256) {
        return new CartFile(
                id, archiveId, path, checksum, status, reason, size, mtime, online, asked, shared, tries, newCrc,
                newSha256, receipt);
    }

    /**
     * The hash of this type in hex digits: its checksum, or what was computed beside it; empty if it is not known. The
     * text of a checksum of Pacifica Cartd may be none.
     */
    public Optional<String> hash(String type) {
        if (checksum.type().equals(type)) {
            return Optional.of(checksum.value());
        }
        return type.equals(Checksum.SHA256) ? sha256 : Optional.empty();
    }

    /** Whether it has a receipt. */
    public boolean hasReceipt() {
        return !receipt.isEmpty();
    }

    /** This file with the receipt of a recall, which takes the place of an earlier one. */
    public CartFile recalled(String newReceipt) {
        return new CartFile(
                id,
                archiveId,
                path,
                checksum,
                status,
                reason,
                size,
                mtime,
                online,
                asked,
                shared,
                tries,
                crc,
                sha256,
                newReceipt);
    }

    /** This file without a receipt. */
    public CartFile released() {
        return recalled("");
    }

    /** Whether the archive was asked to stage it. */
    public boolean isAsked() {
        return asked != UNKNOWN;
    }

    /** Whether the archive was asked for it and does not have it on disk yet, as far as the archive reported. */
    public boolean isOnTape() {
        return status == FileStatus.STAGING && isAsked() && !online;
    }

    /**
     * This file after the archive was asked for it.
     *
     * @param now when it was asked, in milliseconds since 1970; does not count if it was asked before
     */
    public CartFile asked(long now) {
        return with(FileStatus.STAGING, "", size, mtime, online, isAsked() ? asked : now, false, 0);
    }

    /** This file after the archive moved it from disk to tape before it was pulled: it has to be staged again. */
    public CartFile wentToTape() {
        return with(FileStatus.WAITING, "", size, mtime, false, asked, false, 0);
    }

    /** This file, staging, expected from another cart that has its bytes or pulls them: the archive was not asked. */
    public CartFile expected() {
        return with(FileStatus.STAGING, "", size, mtime, online, UNKNOWN, false, 0);
    }

    /** Whether it is {@link #expected} from another cart. */
    public boolean isExpected() {
        return status == FileStatus.STAGING && !isAsked();
    }

    /** Whether its bytes can be had now, from the archive or from another cart. */
    public boolean isToBePulled() {
        return status == FileStatus.STAGING && (online || isExpected());
    }

    /**
     * This file with what the archive reported. A size and a modification time that are known already stay as they are,
     * since the layout of the tar was computed from them.
     */
    public CartFile seen(long newSize, long newMtime, boolean nowOnline) {
        return known()
                ? with(status, "", size, mtime, nowOnline, asked, shared, 0)
                : with(status, "", newSize, newMtime, nowOnline, asked, shared, 0);
    }

    /**
     * This file after the archive reported another size or modification time than before. Counts as a try. Bytes that
     * were pulled before do not belong to it any more. {@code why} is its reason until it is staged.
     */
    public CartFile changed(long newSize, long newMtime, String why) {
        return with(status, why, newSize, newMtime, online, asked, false, tries + 1);
    }

    /** This file after it was pulled to the volume and verified. */
    public CartFile staged() {
        return with(FileStatus.STAGED, "", size, mtime, online, asked, false, 0);
    }

    /** This file, staged by sharing the bytes of another cart's file, which is on the volume and verified. */
    public CartFile linked() {
        return with(FileStatus.STAGED, "", size, mtime, online, asked, true, 0);
    }

    /** This file after its bytes on the volume were lost: it waits again, with the size and time that are known. */
    public CartFile lost() {
        return with(FileStatus.WAITING, "", size, mtime, false, UNKNOWN, false, 0);
    }

    /** This file, waiting again, without anything that the archive reported; its receipt stays, to be given back. */
    public CartFile restaged() {
        return with(FileStatus.WAITING, "", UNKNOWN, 0, false, UNKNOWN, false, 0);
    }

    /** This file, in error for the reason {@code why}. */
    public CartFile failed(String why) {
        return with(FileStatus.ERROR, why, size, mtime, online, asked, false, tries);
    }

    /** This file after one more request for it failed. */
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
                id, archiveId, path, checksum, next, why, newSize, newMtime, nowOnline, when, nowShared, count, crc,
                sha256, receipt);
    }
}
