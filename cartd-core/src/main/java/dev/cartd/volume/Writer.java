package dev.cartd.volume;

import dev.cartd.system.MachineBoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who writes to unfinished files: one step of one process. Its text is part of a name on the volume, and tells others
 * whether that step may still have files open. No lock can tell that: a process loses its locks on a file when it
 * closes any descriptor of it, and on network file systems when a lease ends.
 *
 * @param boot which boot of which machine; "0" where the system does not tell
 * @param space within what the process number means something: containers on one machine have numbers of their own
 * @param pid the number of the process
 * @param start when it started, in the system's own unit
 * @param program drawn at random by each process, and by each copy of this class in it
 * @param step counts within the program
 */
record Writer(String boot, String space, long pid, long start, String program, long step) {
    private static final Pattern TEXT = Pattern.compile(
            "([0-9a-f]{1,12})-([0-9a-f]{1,32})-([0-9]{1,18})-([0-9]{1,18})-([0-9a-f]{16})-([0-9]{1,18})");
    private static final String UNKNOWN = "0";
    private static final Path PROC = Path.of("/proc");

    /** The file systems that one machine alone has mounted at a time. */
    private static final Set<String> LOCAL = Set.of(
            "apfs",
            "btrfs",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "fuseblk",
            "hfs",
            "jfs",
            "ntfs",
            "ntfs3",
            "overlay",
            "reiserfs",
            "tmpfs",
            "xfs",
            "zfs");

    private static final AtomicLong STEPS = new AtomicLong();
    private static final Set<Writer> LIVING = ConcurrentHashMap.newKeySet();
    private static final Writer SELF = self();

    /** A new one of this process, which lives until {@link #end}. */
    static Writer begin() {
        Writer writer = new Writer(SELF.boot, SELF.space, SELF.pid, SELF.start, SELF.program, STEPS.incrementAndGet());
        LIVING.add(writer);
        return writer;
    }

    /** Nothing of it is open any more, nor will be. */
    void end() {
        LIVING.remove(this);
    }

    /** The one that has this text; empty if none can. */
    static Optional<Writer> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Writer(
                matcher.group(1),
                matcher.group(2),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                matcher.group(5),
                Long.parseLong(matcher.group(6))));
    }

    /** As part of a name: short, in lower case. */
    String text() {
        return boot + "-" + space + "-" + pid + "-" + start + "-" + program + "-" + step;
    }

    /**
     * Whether it has nothing open for sure. What cannot be told is not sure.
     *
     * @param directory where it wrote
     */
    boolean isDead(Path directory) {
        if (program.equals(SELF.program)) {
            return !LIVING.contains(this);
        }
        if (boot.equals(UNKNOWN) || SELF.boot.equals(UNKNOWN)) {
            return boot.equals(SELF.boot) && isLocal(directory) && isGone(pid, start);
        }
        return boot.equals(SELF.boot) ? space.equals(SELF.space) && isGone(pid, start) : isLocal(directory);
    }

    private static boolean isLocal(Path directory) {
        try {
            return LOCAL.contains(Files.getFileStore(directory).type().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isGone(long pid, long start) {
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return startOf(ProcessHandle.of(pid)).filter(at -> at == start).isEmpty();
        }
        Path process = PROC.resolve(Long.toString(pid));
        try {
            LinuxProcess found = LinuxProcess.read(process);
            return found.start != start || found.isZombie();
        } catch (NoSuchFileException e) {
            // A system may hide the processes of others: then the first one cannot be seen either.
            return Files.exists(PROC.resolve("1/stat"));
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Long> startOf(Optional<ProcessHandle> process) {
        return process.filter(ProcessHandle::isAlive)
                .flatMap(found -> found.info().startInstant())
                .map(Instant::toEpochMilli);
    }

    private static Writer self() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String program = HexFormat.of().formatHex(random);
        ProcessHandle own = ProcessHandle.current();
        try {
            LinuxProcess found = LinuxProcess.read(PROC.resolve("self"));
            String space = Long.toHexString(namespace("pid")) + Long.toHexString(namespace("time"));
            return new Writer(bootText(), space, found.pid, found.start, program, 0);
        } catch (IOException e) {
            return new Writer(
                    UNKNOWN, UNKNOWN, own.pid(), startOf(Optional.of(own)).orElse(0L), program, 0);
        }
    }

    /** The number of a namespace of this process, as {@code pid:[4026531836]} has it. */
    private static long namespace(String kind) throws IOException {
        Path link = PROC.resolve("self/ns").resolve(kind);
        String digits = Files.isSymbolicLink(link)
                ? Files.readSymbolicLink(link).toString().replaceAll("[^0-9]", "")
                : "";
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    private static String bootText() {
        String hex = MachineBoot.ID.replace("-", "").toLowerCase(Locale.ROOT);
        return MachineBoot.KNOWN && hex.matches("[0-9a-f]{12,}") ? hex.substring(0, 12) : UNKNOWN;
    }

    /** What Linux tells of a process; its start is counted from the boot, so that no change of the clock moves it. */
    private record LinuxProcess(long pid, String state, long threads, long start) {
        static LinuxProcess read(Path process) throws IOException {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // The name in brackets may have anything in it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long pid = Long.parseLong(stat.substring(0, stat.indexOf(' ')));
            return new LinuxProcess(pid, fields[0], Long.parseLong(fields[17]), Long.parseLong(fields[19].trim()));
        }

        /** Dead, with nothing open, and only not waited for by its parent. */
        boolean isZombie() {
            return (state.equals("Z") || state.equals("X")) && threads <= 1;
        }
    }
}
