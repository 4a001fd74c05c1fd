package dev.cartd.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unfinished files of one cart during one step. Each step has its own directory, {@code <epoch>.<writer>}, in which
 * the names of the files are numbers. A step moves files only into this directory or out of it. A later step renames
 * the directory: from then on every operation of the earlier step that uses a path fails. That fences off the earlier
 * step without a lock and without a query to the store.
 *
 * <p>The rename does not close the files that the earlier step has open. So a step continues the files of a directory
 * only if their writer has left the directory, which is then named {@code <epoch>}, or is known to be dead. Otherwise
 * the step copies them.
 *
 * <p>Safe for use by many threads, if each number is used by one thread at a time.
 */
public final class Parts implements Closeable {
    /** The number of an unfinished tar. Single files have their own numbers, which begin at 1. */
    public static final long TAR = 0;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int TRIES = 20;

    private final Path root;
    private final Path directory;
    private final long epoch;
    private final Writer writer;
    private final Path own;
    private final Map<Long, Leftover> leftovers = new ConcurrentHashMap<>();
    private final Set<FileChannel> open = ConcurrentHashMap.newKeySet();
    private boolean closed;
    private boolean abandoned;

    /**
     * An unfinished file of an earlier step.
     *
     * @param free whether no other step can have it open for writing
     */
    private record Leftover(Path path, boolean free) {}

    /** The directory of a step. It has no writer once its step has left it. */
    private record StepDirectory(Path path, long epoch, Optional<String> writer) {
        private static final Pattern NAME = Pattern.compile("([0-9]{1,18})(?:\\.(.+))?");

        static Optional<StepDirectory> of(Path path) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            return name.matches() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of(
                            new StepDirectory(path, Long.parseLong(name.group(1)), Optional.ofNullable(name.group(2))))
                    : Optional.empty();
        }

        boolean isFree() {
            return writer.isEmpty()
                    || writer.flatMap(Writer::parse)
                            .filter(found -> found.isDead(path))
                            .isPresent();
        }
    }

    /**
     * Creates the directory of a step in {@code directory}, and takes over the unfinished files of earlier steps.
     *
     * @throws Overtaken if a later step has begun
     */
    Parts(Path root, Path directory, long epoch) throws IOException {
        this.root = root;
        this.directory = directory;
        this.epoch = epoch;
        this.writer = Writer.begin();
        this.own = directory.resolve(epoch + "." + writer.text());
        try {
            takeOver();
            collect(own, true);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Creates the directory of this step first and lists the others after that: of two steps that do this at once, at
     * least one sees the other.
     */
    private void takeOver() throws IOException {
        boolean made = false;
        for (int i = 0; i < TRIES; i++) {
            List<StepDirectory> others = others();
            if (made && others.isEmpty()) {
                return;
            }
            try {
                if (made) {
                    for (StepDirectory other : others) {
                        move(other.path(), own.resolve(other.path().getFileName()));
                    }
                } else if (!others.isEmpty() && others.get(0).isFree()) {
                    move(others.get(0).path(), own);
                    made = true;
                } else {
                    Files.createDirectory(own);
                    made = true;
                }
            } catch (NoSuchFileException e) {
                // The directory has another name now: its step left it, or another step took it over.
                made &= Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS);
            }
        }
        throw new Overtaken("other steps of the cart keep renaming the directories in " + directory);
    }

    /** The directories of other steps, the latest first. Removes all other entries. */
    private List<StepDirectory> others() throws IOException {
        Files.createDirectories(directory);
        List<StepDirectory> others = new ArrayList<>();
        for (Path entry : entries(directory)) {
            Optional<StepDirectory> step = StepDirectory.of(entry);
            if (step.isEmpty()) {
                Disk.removeTree(entry);
            } else if (step.get().epoch() > epoch) {
                throw new Overtaken(entry + " belongs to a later step of the cart");
            } else if (!entry.equals(own)) {
                others.add(step.get());
            }
        }
        return latestFirst(others);
    }

    private static List<StepDirectory> latestFirst(List<StepDirectory> steps) {
        steps.sort((one, other) -> Long.compare(other.epoch(), one.epoch()));
        return steps;
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        }
        return entries;
    }

    /** Collects the unfinished files of earlier steps. Of several with the same number, the latest step's counts. */
    private void collect(Path top, boolean free) throws IOException {
        List<StepDirectory> inside = new ArrayList<>();
        for (Path entry : entries(top)) {
            Optional<StepDirectory> step =
                    Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? StepDirectory.of(entry) : Optional.empty();
            if (step.isPresent()) {
                inside.add(step.get());
            } else if (!addLeftover(entry, free)) {
                Disk.removeTree(entry);
            }
        }
        for (StepDirectory step : latestFirst(inside)) {
            collect(step.path(), step.isFree());
            try {
                Files.delete(step.path());
            } catch (DirectoryNotEmptyException e) {
                // The directory still has files to continue; removeAll() or the removal of the cart deletes it.
            }
        }
    }

    private boolean addLeftover(Path entry, boolean free) {
        String name = entry.getFileName().toString();
        if (!NUMBER.matcher(name).matches() || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        long number = Long.parseLong(name);
        // Only a tar is worth copying: a single file that another step may still write to is pulled again.
        return (free || number == TAR) && leftovers.putIfAbsent(number, new Leftover(entry, free)) == null;
    }

    /** Whether an earlier step, or {@link #keep}, left an unfinished file with this number. */
    public boolean has(long number) {
        return leftovers.containsKey(number);
    }

    /** Whether an earlier step left an unfinished file with this number and may still write to it. */
    public boolean mayBeWritten(long number) {
        Leftover before = leftovers.get(number);
        return before != null && !before.free();
    }

    /**
     * Copies the verified content of a file that another step may still write to.
     *
     * @param <X> the exception for failures other than those of the volume
     */
    @FunctionalInterface
    public interface Rescue<X extends Exception> {
        /** Copies bytes to the same positions in {@code to}. */
        void copy(FileChannel from, FileChannel to) throws IOException, X;
    }

    /**
     * Opens the unfinished file with this number: the one that an earlier step left, unless that step may still write
     * to it; otherwise an empty one.
     *
     * @throws Overtaken if a later step has begun
     */
    public Part open(long number) throws IOException {
        return this.<RuntimeException>open(number, (from, to) -> {});
    }

    /**
     * Opens the unfinished file with this number: the one that an earlier step left; if that step may still write to
     * it, a copy that {@code rescue} makes, which counts as {@link Part#hasEarlierBytes}; if there is none, an empty one.
     *
     * @throws Overtaken if a later step has begun
     * @throws X if {@code rescue} throws it; the file of the earlier step is kept then
     */
    public <X extends Exception> Part open(long number, Rescue<X> rescue) throws IOException, X {
        try {
            return openOrCreate(number, rescue);
        } catch (NoSuchFileException e) {
            throw explained(e, own.resolve("any"));
        }
    }

    /**
     * The cause of a missing part: an {@link Overtaken} if the directory of its step is gone too, otherwise {@code e}.
     */
    static IOException explained(NoSuchFileException e, Path part) {
        Path directory = part.getParent();
        return directory == null || Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                ? e
                : new Overtaken("a later step of the cart renamed " + directory);
    }

    private <X extends Exception> Part openOrCreate(long number, Rescue<X> rescue) throws IOException, X {
        requireStraight();
        Path name = own.resolve(Long.toString(number));
        Leftover before = leftovers.remove(number);
        if (before == null || !Files.isRegularFile(before.path(), LinkOption.NOFOLLOW_LINKS)) {
            Disk.removeTree(name);
            return part(name, Disk.create(name), false);
        }
        if (!before.free() || !Disk.isAlone(before.path())) {
            return rescued(number, before, rescue);
        }
        if (!before.path().equals(name)) {
            move(before.path(), name);
        }
        return part(name, Disk.openAlone(name), true);
    }

    /** Renames the copy when it is complete: after a crash before that the next step finds the earlier file. */
    private <X extends Exception> Part rescued(long number, Leftover before, Rescue<X> rescue) throws IOException, X {
        Path name = own.resolve(Long.toString(number));
        Path copy = own.resolve("copy-" + number);
        Disk.removeTree(copy);
        FileChannel channel = Disk.create(copy);
        boolean done = false;
        try (FileChannel from = Disk.read(before.path())) {
            rescue.copy(from, channel);
            move(copy, name);
            if (!before.path().equals(name)) {
                Files.deleteIfExists(before.path());
            }
            done = true;
            return part(name, channel, true);
        } finally {
            if (!done) {
                leftovers.put(number, before);
                channel.close();
            }
        }
    }

    private synchronized Part part(Path path, FileChannel channel, boolean earlierBytes) throws IOException {
        if (closed) {
            channel.close();
            throw new IOException("the step that opens " + path + " has ended");
        }
        open.add(channel);
        return new Part(path, channel, earlierBytes, () -> closed(channel));
    }

    private synchronized void closed(FileChannel channel) {
        if (open.remove(channel)) {
            leaveIfDone();
        }
    }

    /** Closes a part that is not finished, so that {@link #open} can open it again. */
    public void keep(long number, Part part) throws IOException {
        part.close();
        leftovers.put(number, new Leftover(part.path(), true));
    }

    /** Removes the unfinished file with this number, if there is one, which is not open. */
    public void drop(long number) throws IOException {
        Leftover before = leftovers.remove(number);
        Files.deleteIfExists(before == null ? own.resolve(Long.toString(number)) : before.path());
    }

    /** Makes a file of the volume the unfinished file with this number. If there is one already, removes the file. */
    void adopt(long number, Path file) throws IOException {
        requireStraight();
        if (has(number)) {
            remove(file);
            return;
        }
        Path name = own.resolve(Long.toString(number));
        move(file, name);
        leftovers.put(number, new Leftover(name, true));
    }

    /**
     * Removes a file or a symlink of the volume. It moves it into the step's directory first, so that a fenced step
     * fails.
     */
    void remove(Path file) throws IOException {
        requireStraight();
        Path gone = own.resolve("gone");
        move(file, gone);
        Disk.removeTree(gone);
    }

    /** Removes everything in the step's directory; called when all files of the cart are finished. */
    void removeAll() throws IOException {
        leftovers.clear();
        for (Path entry : entries(own)) {
            Disk.removeTree(entry);
        }
    }

    /**
     * Leaves the directory to later steps: renames it to {@code <epoch>}, or removes it if it is empty. While a part is
     * still open, because a request hangs, that waits until the part is closed; this method does not wait.
     */
    @Override
    public synchronized void close() {
        closed = true;
        leaveIfDone();
    }

    /**
     * Like {@link #close}, but also removes the cart's directory of unfinished files if it is empty: for a cart that is
     * finished, or that is not this step's any more.
     */
    public synchronized void abandon() {
        abandoned = true;
        close();
    }

    private void leaveIfDone() {
        if (!closed || !open.isEmpty()) {
            return;
        }
        writer.end();
        try {
            leave();
        } catch (IOException e) {
            // A later step took the directory over. Or the volume failed: then the next step finds that this writer is
            // dead, or copies the files.
        }
    }

    private void leave() throws IOException {
        try {
            Files.delete(own);
        } catch (DirectoryNotEmptyException e) {
            move(own, directory.resolve(Long.toString(epoch)));
            return;
        }
        if (abandoned) {
            Files.delete(directory);
        }
    }

    private void requireStraight() throws IOException {
        Disk.requireStraight(root, own.resolve("any"));
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Opens the unfinished file with this number for reading, that of the latest step that has one; empty if there is
     * none, or if it is renamed at this moment.
     */
    static Optional<FileChannel> newest(Path directory, long number) throws IOException {
        List<StepDirectory> steps = new ArrayList<>();
        try {
            entries(directory).forEach(entry -> StepDirectory.of(entry).ifPresent(steps::add));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        for (StepDirectory step : latestFirst(steps)) {
            try {
                return Optional.of(Disk.read(step.path().resolve(Long.toString(number))));
            } catch (NoSuchFileException e) {
                // An earlier step may have it.
            }
        }
        return Optional.empty();
    }
}
