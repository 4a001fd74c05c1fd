package dev.cartd.cli.get;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.Checksum;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of the files of a cart.
 *
 * @param more whether there is another page behind it
 */
record FilePage(List<ListedFile> files, boolean more) {
    /** The most files on a page. */
    static final int MOST = 1000;

    /** The number of the last file. */
    long last() {
        return files.get(files.size() - 1).number();
    }

    /**
     * A file as the server lists it; nothing of it is checked.
     *
     * @param number grows along the list
     * @param staged whether the server has it
     */
    record ListedFile(
            long number,
            String path,
            boolean staged,
            OptionalLong size,
            Optional<Instant> modified,
            Checksum checksum) {
        /**
         * The path, which is inside the directory.
         *
         * @throws FileFailed if it is not, or no file can be proven by the hash
         */
        BundlePath checkedPath() throws FileFailed {
            Optional<String> problem = checksum.problem();
            if (problem.isPresent()) {
                throw new FileFailed("cannot be proven: " + problem.get());
            }
            try {
                return BundlePath.parse(path);
            } catch (CartException.Invalid e) {
                throw new FileFailed("no file can have this path");
            }
        }
    }
}
