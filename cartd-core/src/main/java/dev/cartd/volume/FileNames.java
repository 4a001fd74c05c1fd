package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which names can be the names of files: in the layout of a volume, on this system, and in this process. */
public final class FileNames {
    private static final String NO_UTF8 = "names of files are " + System.getProperty("sun.jnu.encoding")
            + " in this process, not UTF-8: start it in a UTF-8 locale (LC_ALL=C.UTF-8)";
    private static final boolean UTF8_NAMES = isPath("\u00fc\u4e2d");
    private static final int MAX_NAME = 255;

    /** Windows reserves these in every directory and in any case, with any extension, and with superscript digits. */
    private static final Pattern DEVICE = Pattern.compile(
            "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *([.:].*)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private FileNames() {}

    /** Whether the cart's uid can be the name of a directory and of a tar. Rows of Pacifica Cartd may have any uid. */
    public static boolean canHold(Cart cart) {
        return isPlainName(cart.uid());
    }

    /** Whether each segment of this path is a single file name on this system, which may have other separators too. */
    public static boolean canHold(BundlePath path) {
        return path.segments().stream().allMatch(FileNames::isOneName);
    }

    /** Why this process cannot create all file names, although the volume may allow them; empty if it can. */
    public static Optional<String> problem() {
        return UTF8_NAMES ? Optional.empty() : Optional.of(NO_UTF8);
    }

    /** Whether this process can create this name or path in spite of {@link #problem}. */
    public static boolean canName(String path) {
        return UTF8_NAMES || isPath(path);
    }

    /** The number that is the name of this entry of the volume; 0 if the name is no number. */
    static long number(Path entry) {
        String name = entry.getFileName().toString();
        return name.length() <= 18 && !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Long.parseLong(name)
                : 0;
    }

    private static boolean isPath(String text) {
        try {
            return Path.of(text).getNameCount() >= 0;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isOneName(String segment) {
        try {
            Path name = Path.of(segment);
            return !(Disk.isWindows() && isDevice(segment))
                    && name.getRoot() == null
                    && name.getNameCount() == 1
                    && name.toString().equals(segment);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether this uid can be the name of a directory, a tar and a symlink. */
    static boolean isPlainName(String uid) {
        return !uid.isEmpty()
                && !(Disk.isWindows() && isDevice(uid))
                && !uid.startsWith(".")
                && uid.indexOf('/') < 0
                && uid.indexOf('\\') < 0
                && uid.chars().noneMatch(Character::isISOControl)
                && Disk.utf8Length(uid) <= MAX_NAME - ".tar".length();
    }

    /** Whether Windows writes a file of this name to a device: its bytes would be lost without an error. */
    static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }

    /**
     * This name or path.
     *
     * @throws UncheckedIOException if {@link #canName} is false for it
     */
    static String requireNameable(String path) {
        if (!canName(path)) {
            throw new UncheckedIOException(new IOException(NO_UTF8));
        }
        return path;
    }

    /**
     * The path of this name in a directory.
     *
     * @throws UncheckedIOException if {@link #canName} is false for the name
     */
    static Path resolve(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new UncheckedIOException(new IOException(NO_UTF8, e));
        }
    }
}
