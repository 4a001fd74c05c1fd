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
 * The unfinished files of one cart during one step: its own directory, {@code <epoch>.<writer>}, in which each has a
 * number for a name. Everything that a step moves on the volume, it moves into this directory or out of it. A later
 * step renames the directory, and from then on nothing that the earlier one still does by name finds anything: no lock
 * and no look at the store is needed for that.
 *
 * <p>What the earlier one still has open stays open. So the files of a directory are gone on with only if its writer
 * has left it, which the name then says ({@code <epoch>} alone), or is known to be dead; otherwise they are copied
 * from.
 *
 * <p>Safe for use by many threads, each with a number of its own.
 */
public final class Parts implements Closeable {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int TRIES = 20;

    private final Path root;
    private final Path directory;
    private final long epoch;
    private final Writer writer;
    private final Path own;
    private final Map<Long, Left> left = new ConcurrentHashMap<>();
    private final Set<FileChannel> open = ConcurrentHashMap.newKeySet();
    private boolean closed;
    private boolean late;

    /** @param free whether nobody has it open for writing */
    private record Left(Path path, boolean free) {}

    /** A directory of a step; without a writer its step has left it. */
    private record Holder(Path path, long epoch, Optional<String> writer) {
        private static final Pattern NAME = Pattern.compile("([0-9]{1,18})(?:\\.(.+))?");

        static Optional<Holder> of(Path path) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            return name.matches() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of(new Holder(path, Long.parseLong(name.group(1)), Optional.ofNullable(name.group(2))))
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
     * Those in this directory, which is made if it is not there. What earlier steps left is taken from them.
     *
     * @throws Overtaken if a later step has done so
     */
    Parts(Path root, Path directory, long epoch) throws IOException {
        this.root = root;
        this.directory = directory;
        this.epoch = epoch;
        this.writer = Writer.begin();
        this.own = directory.resolve(epoch + "." + writer.text());
        try {
            takeOver();
            find(own, true);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * First this step's own directory is made, then it is looked for others: of two that do so at once, one at least
     * sees the other.
     */
    private void takeOver() throws IOException {
        boolean made = false;
        for (int i = 0; i < TRIES; i++) {
            List<Holder> others = others();
            if (made && others.isEmpty()) {
                return;
            }
            try {
                if (made) {
                    for (Holder other : others) {
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
                // Its step left it just now, or another one took it: its name is another.
                made &= Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS);
            }
        }
        throw new Overtaken(directory + " is taken by others all the time");
    }

    /** Those of other steps, the latest first. */
    private List<Holder> others() throws IOException {
        Files.createDirectories(directory);
        List<Holder> others = new ArrayList<>();
        for (Path entry : entries(directory)) {
            Optional<Holder> holder = Holder.of(entry);
            if (holder.isEmpty()) {
                Disk.removeTree(entry);
            } else if (holder.get().epoch() > epoch) {
                throw new Overtaken(entry + " is of a later step");
            } else if (!entry.equals(own)) {
                others.add(holder.get());
            }
        }
        return latestFirst(others);
    }

    private static List<Holder> latestFirst(List<Holder> holders) {
        holders.sort((one, other) -> Long.compare(other.epoch(), one.epoch()));
        return holders;
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        }
        return entries;
    }

    /** Of several with one number, the latest step's is the one that was worked on. */
    private void find(Path top, boolean free) throws IOException {
        List<Holder> inside = new ArrayList<>();
        for (Path entry : entries(top)) {
            Optional<Holder> holder =
                    Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? Holder.of(entry) : Optional.empty();
            if (holder.isPresent()) {
                inside.add(holder.get());
            } else if (!isLeft(entry, free)) {
                Disk.removeTree(entry);
            }
        }
        for (Holder holder : latestFirst(inside)) {
            find(holder.path(), holder.isFree());
            try {
                Files.delete(holder.path());
            } catch (DirectoryNotEmptyException e) {
                // It goes when it is empty, or with all the others.
            }
        }
    }

    private boolean isLeft(Path entry, boolean free) {
        String name = entry.getFileName().toString();
        if (!NUMBER.matcher(name).matches() || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        long number = Long.parseLong(name);
        // A single file that somebody may still write to is pulled anew.
        return (free || number == Volume.TAR) && left.putIfAbsent(number, new Left(entry, free)) == null;
    }

    /** Whether there is an unfinished file of this number from before. */
    public boolean has(long number) {
        return left.containsKey(number);
    }

    /** Whether somebody may still write to the file of this number that is there from before. */
    public boolean isHeld(long number) {
        Left before = left.get(number);
        return before != null && !before.free();
    }

    /**
     * Copies what can be trusted from a file that somebody else may still write to.
     *
     * @param <X> what it fails with, if that is not the volume's fault
     */
    @FunctionalInterface
    public interface Rescue<X extends Exception> {
        /** Copies from one to the other, by absolute positions. */
        void copy(FileChannel from, FileChannel to) throws IOException, X;
    }

    /**
     * Opens the unfinished file of this number: the one from before, unless somebody may write to it, else a new one.
     */
    public Part open(long number) throws IOException {
        return this.<RuntimeException>open(number, (from, to) -> {});
    }

    /**
     * Opens the unfinished file of this number: the one from before. Where somebody may still write to that, it is a
     * new one with what could be rescued, and counts as inherited; and where there is none, an empty one.
     */
    public <X extends Exception> Part open(long number, Rescue<X> rescue) throws IOException, X {
        try {
            return openOrCreate(number, rescue);
        } catch (NoSuchFileException e) {
            throw explained(e, own.resolve("any"));
        }
    }

    /** What it means that a part is not there: where the directory of its step has gone, that was taken. */
    static IOException explained(NoSuchFileException e, Path part) {
        Path directory = part.getParent();
        return directory == null || Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                ? e
                : new Overtaken(directory + " was taken by a later step");
    }

    private <X extends Exception> Part openOrCreate(long number, Rescue<X> rescue) throws IOException, X {
        requireStraight();
        Path name = own.resolve(Long.toString(number));
        Left before = left.remove(number);
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

    /** Under its name only once the copy is whole: a crash in between leaves the one from before to who comes next. */
    private <X extends Exception> Part rescued(long number, Left before, Rescue<X> rescue) throws IOException, X {
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
                left.put(number, before);
                channel.close();
            }
        }
    }

    private synchronized Part part(Path path, FileChannel channel, boolean inherited) throws IOException {
        if (closed) {
            channel.close();
            throw new IOException("the step of " + path + " is over");
        }
        open.add(channel);
        return new Part(path, channel, inherited, () -> closed(channel));
    }

    private synchronized void closed(FileChannel channel) {
        if (open.remove(channel)) {
            leaveIfOver();
        }
    }

    /** Closes a part that is not finished, so that it can be opened again. */
    public void keep(long number, Part part) throws IOException {
        part.close();
        left.put(number, new Left(part.path(), true));
    }

    /** Removes what is left of this number from before. */
    public void drop(long number) throws IOException {
        Left before = left.remove(number);
        if (before != null) {
            Files.deleteIfExists(before.path());
        }
    }

    /** Takes a file of the volume for the unfinished one of this number; where there is one already, it only goes. */
    void take(long number, Path file) throws IOException {
        requireStraight();
        if (has(number)) {
            remove(file);
            return;
        }
        Path name = own.resolve(Long.toString(number));
        move(file, name);
        left.put(number, new Left(name, true));
    }

    /** Removes a file or a symlink of the volume, by way of the step's directory. */
    void remove(Path file) throws IOException {
        requireStraight();
        Path gone = own.resolve("gone");
        move(file, gone);
        Disk.removeTree(gone);
    }

    /** Removes all that is unfinished; to be called when nothing is any more. */
    void removeAll() throws IOException {
        left.clear();
        for (Path entry : entries(own)) {
            Disk.removeTree(entry);
        }
    }

    /**
     * Leaves the directory to the steps that come. Where a part is still open, because a request hangs, that is when
     * the part is closed.
     */
    @Override
    public synchronized void close() {
        closed = true;
        leaveIfOver();
    }

    /**
     * Closes these for who has no more use for them: the cart is finished, or not this step's. So nothing empty stays.
     */
    public synchronized void abandon() {
        late = true;
        close();
    }

    private void leaveIfOver() {
        if (!closed || !open.isEmpty()) {
            return;
        }
        writer.end();
        try {
            leave();
        } catch (IOException e) {
            // A later step has taken it. Otherwise the next one finds that this process has left it, or copies.
        }
    }

    private void leave() throws IOException {
        try {
            Files.delete(own);
        } catch (DirectoryNotEmptyException e) {
            move(own, directory.resolve(Long.toString(epoch)));
            return;
        }
        if (late) {
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
     * Opens for reading the file of this number that the latest step has; empty if it has gone, or is renamed just now.
     */
    static Optional<FileChannel> newest(Path directory, long number) throws IOException {
        List<Holder> holders = new ArrayList<>();
        try {
            entries(directory).forEach(entry -> Holder.of(entry).ifPresent(holders::add));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        for (Holder holder : latestFirst(holders)) {
            try {
                return Optional.of(Disk.read(holder.path().resolve(Long.toString(number))));
            } catch (NoSuchFileException e) {
                // An earlier one may have it.
            }
        }
        return Optional.empty();
    }
}
