package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Finds out how the file system treats names, by creating empty files in a directory for this purpose: whether it takes
 * two names for the same one (in another case, another Unicode form, with a trailing dot), and whether it refuses a
 * name.
 *
 * @param directory created for each probe, and removed after it
 */
record NameProbe(Path directory) {
    /** Whether the file system takes {@code one} for {@code other}, or for a parent of {@code other}. */
    boolean areOne(BundlePath one, BundlePath other) throws IOException {
        try {
            if (!canCreate(other)) {
                return false;
            }
            Path at = names();
            for (String segment : one.segments()) {
                at = at.resolve(segment);
                if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                    return Files.exists(at, LinkOption.NOFOLLOW_LINKS);
                }
            }
            return true; // It is a parent of the other.
        } finally {
            Disk.removeTree(directory);
        }
    }

    /** Whether the file system refuses this path, although it accepts others. */
    boolean isImpossible(BundlePath path) throws IOException {
        try {
            return !canCreate(path);
        } finally {
            Disk.removeTree(directory);
        }
    }

    /**
     * Whether a file with this path could be created.
     *
     * @throws IOException if no file can be created, whatever its name
     */
    private boolean canCreate(BundlePath path) throws IOException {
        Files.createDirectories(names());
        Files.createFile(directory.resolve("any"));
        try {
            Path file = names().resolve(path.value());
            Files.createDirectories(file.getParent());
            Files.createFile(file);
            return true;
        } catch (FileSystemException | InvalidPathException e) {
            return false;
        }
    }

    private Path names() {
        return directory.resolve("names");
    }

    /**
     * Whether some file system might take one of these paths for the other, or for a parent of the other. This answers
     * true too often rather than too seldom: {@link #areOne} then finds out.
     */
    static boolean mayBeOne(BundlePath one, BundlePath other) {
        String first = folded(one) + '/';
        String second = folded(other) + '/';
        return first.startsWith(second) || second.startsWith(first);
    }

    private static String folded(BundlePath path) {
        return Arrays.stream(Normalizer.normalize(path.value(), Normalizer.Form.NFKD)
                        .toUpperCase(Locale.ROOT)
                        .toLowerCase(Locale.ROOT)
                        .split("/", -1))
                .map(NameProbe::withoutEnd)
                .collect(Collectors.joining("/"));
    }

    private static String withoutEnd(String segment) {
        int end = segment.length();
        while (end > 0 && ". ".indexOf(segment.charAt(end - 1)) >= 0) {
            end--;
        }
        return segment.substring(0, end);
    }
}
