package dev.cartd.spi;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * An archive beside the default one: every file whose id is this name, a colon and a rest comes from here. The archive
 * itself is only asked for the rest.
 *
 * @param name letters, digits, {@code -} and {@code _}; 1 to 40 of them
 * @param archive stays open, and is closed by the program that gave it
 * @param shares divides this archive's limit of requests among nodes; of no other archive
 * @param maxRequests the most requests to this archive at once, of all nodes together; 1 or more
 * @param retries how many requests for one file in a row may be refused or answered wrongly until its cart fails; 1 or
 *     more
 * @param patience how long, in working time, a cart waits for this archive while it cannot be reached
 * @param tapePatience how long, in working time, a cart waits for files on tape. A cart with files of several archives
 *     has the longest of their patiences
 */
public record NamedArchive(
        String name,
        Archive archive,
        RequestShares shares,
        int maxRequests,
        int retries,
        Duration patience,
        Duration tapePatience) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}");

    /**
     * Checks the name and the numbers.
     *
     * @throws IllegalArgumentException if the name has other characters or another length, or {@code maxRequests} or
     *     {@code retries} is less than 1
     */
    public NamedArchive {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "the name of an archive has 1 to 40 letters, digits, - and _, unlike " + name);
        }
        if (maxRequests < 1 || retries < 1) {
            throw new IllegalArgumentException("maxRequests and retries must be 1 or more");
        }
    }

    /** Whether an archive can have this name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
