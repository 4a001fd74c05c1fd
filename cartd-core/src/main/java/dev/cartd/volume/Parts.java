package dev.cartd.volume;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The unfinished files of one cart under one epoch, named {@code <number>.<epoch>}: so a late rename by somebody of an
 * earlier epoch finds nothing. What dead attempts left is taken over where nobody holds it any more. Safe for use by many
 * threads, each with a number of its own.
 */
public final class Parts {
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})");

    private final Path directory;
    private final long epoch;
    private final Map<Long, Path> left = new ConcurrentHashMap<>();

    /** Those in this directory, which is made if it is not there. */
    Parts(Path directory, long epoch) throws IOException {
        this.directory = directory;
        this.epoch = epoch;
        Files.createDirectories(directory);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                found(entry);
            }
        }
    }

    /** Whether there is an unfinished file of this number from before. */
    public boolean has(long number) {
        return left.containsKey(number);
    }

    /** Copies what can be trusted from a file that somebody else may still write to. */
    @FunctionalInterface
    public interface Rescue {
        /** Copies from one to the other, by absolute positions. */
        void copy(FileChannel from, FileChannel to) throws IOException;
    }

    /** Opens the unfinished file of this number: the one from before, where nobody holds it, else a new one. */
    public Part open(long number) throws IOException {
        return open(number, (from, to) -> {});
    }

    /**
     * Opens the unfinished file of this number: the one from before, where nobody holds it. Where somebody does, it is a
     * new one with what could be rescued, and counts as inherited; and where there is none, an empty one.
     */
    public Part open(long number, Rescue rescue) throws IOException {
        Path name = directory.resolve(number + "." + epoch);
        Path before = left.remove(number);
        if (before == null) {
            return Part.create(name, false);
        }
        try {
            Part part = Part.take(before);
            return before.equals(name) ? part : part.rename(name);
        } catch (OverlappingFileLockException e) {
            return rescue(before, name, rescue);
        }
    }

    /** Under its name only once the copy is whole: a crash in between leaves the one from before to who comes next. */
    private Part rescue(Path before, Path name, Rescue rescue) throws IOException {
        Path copy = directory.resolve("copy." + name.getFileName());
        Files.deleteIfExists(copy);
        Part part = Part.create(copy, true);
        try (FileChannel from = FileChannel.open(before, StandardOpenOption.READ)) {
            rescue.copy(from, part.channel());
            Files.deleteIfExists(name);
            Part named = part.rename(name);
            Files.deleteIfExists(before);
            return named;
        } catch (IOException e) {
            part.close();
            throw e;
        }
    }

    /** Closes a part that is not finished, so that it can be opened again. */
    public void keep(long number, Part part) throws IOException {
        part.close();
        left.put(number, part.path());
    }

    /** Removes what is left of this number from before. */
    public void drop(long number) throws IOException {
        Path before = left.remove(number);
        if (before != null) {
            Files.deleteIfExists(before);
        }
    }

    private void found(Path entry) throws IOException {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (!name.matches()) {
            Files.deleteIfExists(entry);
            return;
        }
        long number = Long.parseLong(name.group(1));
        Path other = left.get(number);
        if (other == null) {
            left.put(number, entry);
            return;
        }
        // Two of one number: the later epoch's is the one that was worked on.
        Path newer = Comparator.comparingLong(Parts::epoch).compare(other, entry) > 0 ? other : entry;
        left.put(number, newer);
        Files.deleteIfExists(newer.equals(other) ? entry : other);
    }

    /** Opens for reading the file of this number that has the highest epoch; empty if it has gone, or is renamed just now. */
    static Optional<FileChannel> newest(Path directory, long number) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            Optional<Path> newest = entries.filter(entry ->
                            NAME.matcher(entry.getFileName().toString()).matches())
                    .filter(entry -> entry.getFileName().toString().startsWith(number + "."))
                    .max(Comparator.comparingLong(Parts::epoch));
            return newest.isEmpty()
                    ? Optional.empty()
                    : Optional.of(FileChannel.open(newest.get(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static long epoch(Path entry) {
        String name = entry.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('.') + 1));
    }
}
