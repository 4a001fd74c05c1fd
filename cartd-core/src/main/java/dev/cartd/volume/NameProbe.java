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
 * Finds out how a file system takes names, by making empty files in a directory that is there for nothing else: which
 * names are one to it (in another case, another Unicode form, with a dot at the end), and which it cannot have.
 *
 * @param directory is made, and removed again
 */
record NameProbe(Path directory) {
    /** Whether one of these paths has the name of the other, or of a directory on the way to it. */
    boolean areOne(BundlePath one, BundlePath other) throws IOException {
        try {
            if (!isMade(other)) {
                return false;
            }
            Path at = names();
            for (String segment : one.segments()) {
                at = at.resolve(segment);
                if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                    return Files.exists(at, LinkOption.NOFOLLOW_LINKS);
                }
            }
            return true; // It is a directory of the other.
        } finally {
            Disk.removeTree(directory);
        }
    }

    /** Whether no file can have this path, though one can have another. */
    boolean isImpossible(BundlePath path) throws IOException {
        try {
            return !isMade(path);
        } finally {
            Disk.removeTree(directory);
        }
    }

    /** @throws IOException if no file could be made now, whatever its name */
    private boolean isMade(BundlePath path) throws IOException {
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
     * Whether a file system might take one of them for the other, or for a directory on the way to it. Far too often
     * rather than not at all: it is only asked before something is made to find out.
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
