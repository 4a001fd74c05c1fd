package dev.cartd.simulation;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The drive that the volume is on, in memory. It knows what was synced: a power cut leaves of each file that was not
 * synced the old bytes, the new ones, or some of both, and of each name in a directory that was not synced the old
 * state or the new one; the seed decides. It can be full, read-only, slow, away, or fail.
 */
final class Drive {
    /** What can fail. */
    enum Operation {
        READ,
        WRITE,
        SYNC,
        CREATE,
        RENAME,
        LINK,
        DELETE
    }

    /** These methods of the core hold a monitor while they use the drive, so no other strand may run meanwhile. */
    static final Set<String> UNDER_MONITORS = Set.of(
            "dev.cartd.volume.Parts.leaveIfDone",
            "dev.cartd.volume.Parts.part",
            "dev.cartd.local.MemoryVolume.record",
            "dev.cartd.VolumePresence.follow",
            "dev.cartd.download.Layouts.of",
            "dev.cartd.download.Layouts.use",
            "dev.cartd.volume.Placing.move");

    /** The names of these methods: only where one is found are the classes looked at. */
    private static final Set<String> NAMES = UNDER_MONITORS.stream()
            .map(method -> method.substring(method.lastIndexOf('.') + 1))
            .collect(Collectors.toUnmodifiableSet());

    /** The name of a directory of a step; see {@code Writer}. */
    private static final Pattern WRITER = Pattern.compile("[0-9]+\\.([0-9a-f]+-.*)");

    private final Machine machine;
    private final Trace trace;
    private final Bug bug;
    private final Random random;
    private final long capacity;

    /** Which names are one: on some drives those that differ in case only. */
    private final Comparator<String> names;

    private final TreeSet<Long> freeNumbers = new TreeSet<>();
    private final Map<DriveChannel, Machine.Node> open = new LinkedHashMap<>();
    private final Map<String, Machine.Node> writers = new LinkedHashMap<>();
    private final Map<Operation, Integer> failures = new EnumMap<>(Operation.class);
    private long numbers;
    private long used;
    private long foreign;
    private long readOnlyUntil = -1;
    private long slowUntil = -1;
    private long awayUntil = -1;
    private boolean quiet;
    private Machine.@Nullable Node awaited;
    private Runnable atWrite = () -> {};
    private Links links = name -> {};

    /** Is told of each link that gets its name in {@code cartuids}. */
    interface Links {
        void leadsTo(String target);
    }

    /** The root of all, the top of the drive, and the directory that the drive is mounted on. */
    final Inode root;

    final Inode top;
    final Inode mountPoint;

    /** A drive with so many bytes, mounted at {@code /work/volume}, to which all names differ. */
    Drive(Machine machine, Trace trace, Bug bug, long bytes) {
        this(machine, trace, bug, bytes, Comparator.naturalOrder());
    }

    /** @param names tells which names are one */
    Drive(Machine machine, Trace trace, Bug bug, long bytes, Comparator<String> names) {
        this.names = names;
        this.machine = machine;
        this.trace = trace;
        this.bug = bug;
        this.random = machine.random;
        this.capacity = bytes / Inode.BLOCK;
        root = make(Inode.Kind.DIRECTORY, "");
        Inode work = make(Inode.Kind.DIRECTORY, "");
        mountPoint = make(Inode.Kind.DIRECTORY, "");
        top = make(Inode.Kind.DIRECTORY, "");
        root.entries.put("work", work);
        work.entries.put("volume", mountPoint);
    }

    void onLink(Links newLinks) {
        links = newLinks;
    }

    // Troubles.

    void readOnly(Duration time) {
        trace.add("drive", "is read-only for " + time);
        readOnlyUntil = machine.now() + time.toNanos();
    }

    void slow(Duration time) {
        trace.add("drive", "is slow for " + time);
        slowUntil = machine.now() + time.toNanos();
    }

    void away(Duration time) {
        trace.add("drive", "is not mounted for " + time);
        awayUntil = machine.now() + time.toNanos();
        Inode mark = top.entries.get(".cartd-volume");
        if (bug == Bug.MARK_ASSUMED && mark != null) {
            mountPoint.entries.put(".cartd-volume", mark);
        }
    }

    /** The next operations of this kind fail. */
    void fail(Operation operation, int times) {
        trace.add("drive", "fails " + operation + " " + times + " times");
        failures.put(operation, times);
    }

    /** Another program takes all but so many bytes of what is free, for this time. */
    void fill(long left, Duration time) {
        foreign = Math.max(0, capacity - used - left / Inode.BLOCK);
        trace.add("drive", "is full but for " + left + " bytes for " + time);
        machine.at(machine.now() + time.toNanos(), () -> foreign = 0);
    }

    void heal() {
        readOnlyUntil = -1;
        slowUntil = -1;
        awayUntil = -1;
        foreign = 0;
        failures.clear();
        awaited = null;
    }

    /** Does this in the middle of the next write of this node, unless another is to be done in one before. */
    void atNextWrite(Machine.Node node, Runnable work) {
        awaited = node;
        atWrite = work;
    }

    boolean isAway() {
        return !quiet && machine.now() < awayUntil;
    }

    /** Does this as if nobody used the drive and nothing was wrong with it. */
    <T> T quietly(Work<T> work) throws IOException {
        boolean before = quiet;
        quiet = true;
        try {
            return work.run();
        } finally {
            quiet = before;
        }
    }

    interface Work<T> {
        T run() throws IOException;
    }

    /** Closes all that a node which crashed had open. */
    void died(Machine.Node node) {
        for (DriveChannel channel : List.copyOf(open.keySet())) {
            if (open.get(channel) == node) {
                closed(channel);
            }
        }
    }

    /** The names of this node's writers, each told once. */
    List<String> writers(Machine.Node node) {
        List<String> own = new ArrayList<>();
        writers.forEach((writer, by) -> {
            if (by == node) {
                own.add(writer);
            }
        });
        writers.keySet().removeAll(own);
        return own;
    }

    /** The machine loses its power; all its nodes have died. */
    void cutPower() {
        trace.add("drive", "loses power");
        Set<Inode> left = new HashSet<>();
        used = 0;
        settle(top, left, random.nextBoolean());
        freeNumbers.clear();
        Set<Long> taken = new HashSet<>(List.of(root.number, mountPoint.number, top.number));
        left.forEach(inode -> taken.add(inode.number));
        for (long number = 0; number < numbers; number++) {
            if (!taken.contains(number)) {
                freeNumbers.add(number);
            }
        }
    }

    /** @param keepsNames whether all names are durable, as with a journal that was just written; seldom are all else */
    private void settle(Inode directory, Set<Inode> left, boolean keepsNames) {
        int kind = keepsNames ? 1 : random.nextInt(3);
        Set<String> all = new TreeSet<>(names);
        all.addAll(directory.entries.keySet());
        all.addAll(directory.durable.keySet());
        for (String name : all) {
            Inode now = directory.entries.get(name);
            Inode before = directory.durable.get(name);
            boolean isOld = kind == 0 || (kind > 1 && random.nextBoolean());
            Inode found = now != before && isOld ? before : now;
            // A directory has one name only.
            if (found == null || (found.kind == Inode.Kind.DIRECTORY && left.contains(found))) {
                directory.entries.remove(name);
                continue;
            }
            directory.entries.put(name, found);
            if (left.add(found)) {
                found.links = 0;
                found.durableLinks = 0;
                if (found.kind == Inode.Kind.DIRECTORY) {
                    settle(found, left, keepsNames);
                } else if (found.isUnsynced()) {
                    found.tear(random);
                }
                used += found.blocks();
            }
            found.links++;
        }
        directory.durable.clear();
        syncDirectory(directory);
    }

    // What the file system does.

    /** Lets other strands run and time pass, and fails if such an operation fails now. */
    void begin(Operation operation) throws IOException {
        if (quiet || !machine.isStrand()) {
            return;
        }
        machine.check();
        if (operation == Operation.WRITE && machine.current().node == awaited && !holdsMonitor()) {
            awaited = null;
            atWrite.run();
            machine.letOthersRun();
        }
        rest();
        Integer failing = failures.get(operation);
        if (failing != null) {
            failures.put(operation, failing - 1);
            failures.remove(operation, 0);
            throw new IOException("Input/output error");
        }
        if (operation != Operation.READ && machine.now() < readOnlyUntil) {
            throw new IOException("Read-only file system");
        }
    }

    private void rest() {
        boolean slow = machine.now() < slowUntil;
        int chance = random.nextInt(slow ? 8 : 64);
        if (chance > 3 || holdsMonitor()) {
            return;
        }
        if (chance == 0) {
            machine.sleep(Duration.ofMillis(random.nextInt(slow ? 4000 : 30)));
        } else {
            machine.letOthersRun();
        }
    }

    private static boolean holdsMonitor() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> isNamed(frame.getMethodName()))
                        .map(Drive::method)
                        .filter(method ->
                                method.equals("dev.cartd.volume.Placing.isLinked") || UNDER_MONITORS.contains(method))
                        .findFirst()
                        .filter(UNDER_MONITORS::contains)
                        .isPresent());
    }

    private static boolean isNamed(String method) {
        return NAMES.contains(method) || method.equals("isLinked");
    }

    private static String method(StackWalker.StackFrame frame) {
        return frame.getClassName() + "." + frame.getMethodName();
    }

    Instant time() {
        return machine.wall();
    }

    private Inode make(Inode.Kind kind, String target) {
        Long free = freeNumbers.pollFirst();
        return new Inode(kind, free == null ? numbers++ : free, target, time(), names);
    }

    Inode create(Inode directory, String name, Inode.Kind kind, String target) {
        Inode made = make(kind, target);
        link(directory, name, made);
        return made;
    }

    void link(Inode directory, String name, Inode inode) {
        directory.entries.put(name, inode);
        directory.modified = time();
        inode.links++;
        if (inode.kind == Inode.Kind.SYMLINK && !name.startsWith(".")) {
            links.leadsTo(inode.target);
        }
        Matcher writer = WRITER.matcher(name);
        if (writer.matches() && machine.isStrand()) {
            writers.put(writer.group(1), machine.current().node);
        }
    }

    void unlink(Inode directory, String name) {
        Inode gone = directory.entries.remove(name);
        directory.modified = time();
        if (gone != null) {
            gone.links--;
            free(gone);
        }
    }

    void rename(Inode from, String name, Inode to, String newName) {
        Inode moved = from.entries.remove(name);
        from.modified = time();
        if (moved != null) {
            moved.links--;
            unlink(to, newName);
            link(to, newName, moved);
        }
    }

    private void free(Inode inode) {
        if (inode.links == 0 && inode.opens == 0) {
            used -= inode.blocks();
            freeNumber(inode);
        }
    }

    private void freeNumber(Inode inode) {
        if (inode.links == 0 && inode.opens == 0 && inode.durableLinks == 0) {
            freeNumbers.add(inode.number);
        }
    }

    DriveChannel open(Inode inode, boolean reads, boolean writes) {
        DriveChannel channel = new DriveChannel(this, inode, reads, writes);
        inode.opens++;
        if (machine.isStrand()) {
            open.put(channel, machine.current().node);
        }
        return channel;
    }

    void closed(DriveChannel channel) {
        if (open.remove(channel) != null) {
            channel.inode.opens--;
            free(channel.inode);
        }
    }

    void sync(Inode inode) throws IOException {
        try {
            begin(Operation.SYNC);
        } catch (IOException e) {
            if (machine.now() >= readOnlyUntil) {
                inode.failSync();
            }
            throw e;
        }
        if (inode.kind == Inode.Kind.DIRECTORY) {
            if (bug != Bug.NAMES_UNSYNCED) {
                syncDirectory(inode);
            }
        } else if (bug != Bug.BYTES_UNSYNCED) {
            inode.syncFile();
        }
    }

    private void syncDirectory(Inode directory) {
        List<Inode> before = List.copyOf(directory.durable.values());
        directory.durable.clear();
        directory.durable.putAll(directory.entries);
        directory.durable.values().forEach(inode -> inode.durableLinks++);
        before.forEach(inode -> {
            inode.durableLinks--;
            freeNumber(inode);
        });
    }

    void write(Inode inode, java.nio.ByteBuffer bytes, long at) throws IOException {
        begin(Operation.WRITE);
        int added = inode.newBlocks(at, bytes.remaining());
        if (used + foreign + added > capacity) {
            throw new IOException("No space left on device");
        }
        used += added;
        inode.write(bytes, at);
        inode.modified = time();
    }

    void truncate(Inode inode, long size) throws IOException {
        begin(Operation.WRITE);
        used -= inode.blocks();
        inode.truncate(size);
        used += inode.blocks();
    }

    /** What is there if a directory with this in it is entered. */
    @Nullable
    Inode mounted(@Nullable Inode inode) {
        return inode == mountPoint && !isAway() ? top : inode;
    }

    long total() {
        return capacity * Inode.BLOCK;
    }

    long usable() {
        return Math.max(0, capacity - used - foreign) * Inode.BLOCK;
    }
}
