package dev.cartd.simulation;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A path in {@link DriveFiles}, with the rules of Unix. The empty path has one empty name. */
final class DrivePath implements Path {
    private final DriveFiles files;
    final boolean absolute;
    final List<String> names;

    private DrivePath(DriveFiles files, boolean absolute, List<String> names) {
        this.files = files;
        this.absolute = absolute;
        this.names = names.isEmpty() && !absolute ? List.of("") : List.copyOf(names);
    }

    static DrivePath of(DriveFiles files, String text) {
        return new DrivePath(
                files,
                text.startsWith("/"),
                Arrays.stream(text.split("/")).filter(name -> !name.isEmpty()).toList());
    }

    static DrivePath of(Path path) {
        if (path instanceof DrivePath own) {
            return own;
        }
        throw new ProviderMismatchException();
    }

    private DrivePath with(boolean newAbsolute, List<String> newNames) {
        return new DrivePath(files, newAbsolute, newNames);
    }

    private boolean isEmpty() {
        return !absolute && names.get(0).isEmpty();
    }

    @Override
    public FileSystem getFileSystem() {
        return files;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? with(true, List.of()) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return names.isEmpty() ? null : getName(names.size() - 1);
    }

    @Override
    public @Nullable Path getParent() {
        return names.size() > (absolute ? 0 : 1) ? with(absolute, names.subList(0, names.size() - 1)) : null;
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return with(false, List.of(names.get(index)));
    }

    @Override
    public Path subpath(int begin, int end) {
        return with(false, names.subList(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        DrivePath they = of(other);
        return they.absolute == absolute
                && they.names.size() <= names.size()
                && names.subList(0, they.names.size()).equals(they.names);
    }

    @Override
    public boolean endsWith(Path other) {
        DrivePath they = of(other);
        int from = names.size() - they.names.size();
        return they.absolute
                ? equals(they)
                : from >= 0 && names.subList(from, names.size()).equals(they.names);
    }

    @Override
    public Path normalize() {
        List<String> kept = new ArrayList<>();
        for (String name : names) {
            if (name.equals("..")
                    && !kept.isEmpty()
                    && !kept.get(kept.size() - 1).equals("..")) {
                kept.remove(kept.size() - 1);
            } else if (!name.equals(".") && !(name.equals("..") && absolute)) {
                kept.add(name);
            }
        }
        return with(absolute, kept);
    }

    @Override
    public Path resolve(Path other) {
        DrivePath they = of(other);
        if (they.absolute || isEmpty()) {
            return they;
        }
        List<String> all = new ArrayList<>(names);
        if (!they.isEmpty()) {
            all.addAll(they.names);
        }
        return with(absolute, all);
    }

    @Override
    public Path relativize(Path other) {
        DrivePath they = of(other);
        if (they.absolute != absolute) {
            throw new IllegalArgumentException("another kind of path: " + other);
        }
        List<String> from = isEmpty() ? List.of() : names;
        int common = 0;
        while (common < Math.min(from.size(), they.names.size())
                && from.get(common).equals(they.names.get(common))) {
            common++;
        }
        List<String> way = new ArrayList<>(java.util.Collections.nCopies(from.size() - common, ".."));
        way.addAll(they.names.subList(common, they.names.size()));
        return with(false, way);
    }

    @Override
    public URI toUri() {
        return URI.create("drive:" + toAbsolutePath());
    }

    @Override
    public Path toAbsolutePath() {
        return absolute ? this : with(true, isEmpty() ? List.of() : names);
    }

    /** The path itself: no directory of a run is reached by way of a symlink. */
    @Override
    public Path toRealPath(LinkOption... options) {
        return toAbsolutePath().normalize();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DrivePath they
                && they.files == files
                && they.absolute == absolute
                && they.names.equals(names);
    }

    @Override
    public int hashCode() {
        return Objects.hash(absolute, names);
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
