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
 * The identity of one step of one process that writes unfinished files. Its text is part of a name on the volume, and
 * other processes find out from it whether the step may still have files open. A file lock could not say that: a
 * process loses its locks on a file when it closes any descriptor of the file, and on network file systems when a lease
 * ends.
 *
 * @param boot the boot id of the machine; "0" if the system has none
 * @param space the namespace of the process number, since containers on one machine number their processes separately;
 *     "0" if the system has none
 * @param pid the number of the process
 * @param start when the process started, in a unit of the system
 * @param program a random number of the process, and of each copy of this class in it
 * @param step the number of the step within the program
 */
record Writer(String boot, String space, long pid, long start, String program, long step) {
    private static final Pattern TEXT = Pattern.compile(
            "([0-9a-f]{1,12})-([0-9a-f]{1,32})-([0-9]{1,18})-([0-9]{1,18})-([0-9a-f]{16})-([0-9]{1,18})");
    private static final String UNKNOWN = "0";
    private static final Path PROC = Path.of("/proc");

    /** The file systems that only one machine at a time can mount. */
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

    /** A new writer of this process, which lives until {@link #end}. */
    static Writer begin() {
        Writer writer = new Writer(SELF.boot, SELF.space, SELF.pid, SELF.start, SELF.program, STEPS.incrementAndGet());
        LIVING.add(writer);
        return writer;
    }

    /** Records that this writer has closed all its files and will open no more. */
    void end() {
        LIVING.remove(this);
    }

    /** The writer with this text; empty if it is not the text of a writer. */
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

    /** The text for use in a file name: short, in lower case. */
    String text() {
        return boot + "-" + space + "-" + pid + "-" + start + "-" + program + "-" + step;
    }

    /**
     * Whether this writer certainly has no file open; false in case of doubt.
     *
     * @param directory the directory to which it wrote
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
            // Some systems hide the processes of other users; then process 1 is hidden too.
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

    /** The number of a namespace of this process, for instance that in {@code pid:[4026531836]}; 0 if there is none. */
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

    /**
     * A process as {@code /proc} shows it. Its start is counted from the boot, so setting the clock does not change it.
     */
    private record LinuxProcess(long pid, String state, long threads, long start) {
        static LinuxProcess read(Path process) throws IOException {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // The name in brackets may contain any character, also blanks and brackets.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long pid = Long.parseLong(stat.substring(0, stat.indexOf(' ')));
            return new LinuxProcess(pid, fields[0], Long.parseLong(fields[17]), Long.parseLong(fields[19].trim()));
        }

        /** Whether the process is dead, so that it has no file open, and only its parent has not waited for it. */
        boolean isZombie() {
            return (state.equals("Z") || state.equals("X")) && threads <= 1;
        }
    }
}
