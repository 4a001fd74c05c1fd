package dev.cartd.simulation;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Checksum;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A simulated archive on tape: it takes its time, is away now and then, and does wrong what an archive can do wrong,
 * but not so often with one file that a cart may give up, unless the file is one that can never be had.
 */
final class Tape {
    /** What it does wrong once with a file. */
    enum Fault {
        REFUSED,
        WRONG_BYTE,
        OTHER_FILE,
        SHORT,
        LONG,
        CUT,
        BROKEN,
        HANGS
    }

    /** Why a file cannot be had. */
    enum Flaw {
        NONE,
        /** It never was there. */
        MISSING,
        /** Its bytes have another hash than the one that is known of it. */
        DAMAGED,
        /** It vanished. */
        GONE
    }

    private static final long MTIME = 1_444_937_154;

    /** One less than what makes a cart fail. */
    private static final int MOST_FAULTS = 4;

    private static final class Entry {
        byte[] bytes;
        String md5 = "";
        Flaw flaw;
        long firstSize;
        long mtime = MTIME;
        final Deque<Fault> faults = new ArrayDeque<>();
        Archive.Medium medium = Archive.Medium.DISK;
        boolean coming;

        /** Of a damaged file always the same byte is wrong: else two attempts could add up to the right bytes. */
        byte[] onTape() {
            byte[] all = bytes.clone();
            if (flaw == Flaw.DAMAGED) {
                all[0] ^= 2;
            }
            return all;
        }

        Entry(byte[] bytes, Flaw flaw) {
            this.bytes = bytes;
            this.firstSize = bytes.length;
            this.flaw = flaw;
        }
    }

    private final Machine machine;
    private final Trace trace;
    private final Bug bug;
    private final Random random;
    private final Map<String, Entry> files = new TreeMap<>();
    private final List<String> ids = new ArrayList<>();

    /** The bytes that files have or had. */
    private final Map<String, byte[]> byMd5 = new HashMap<>();

    private final int largest;
    private long awayUntil = -1;
    private long slowUntil = -1;
    private int out;
    private int mostOut;

    Tape(Machine machine, Trace trace, Bug bug, int count, int largest) {
        this.bug = bug;
        this.machine = machine;
        this.trace = trace;
        this.random = machine.random;
        this.largest = largest;
        for (int i = 0; i < count; i++) {
            Flaw flaw = random.nextInt(25) > 0 ? Flaw.NONE : random.nextBoolean() ? Flaw.MISSING : Flaw.DAMAGED;
            boolean empty = random.nextInt(10) == 0 && flaw != Flaw.DAMAGED;
            byte[] bytes = new byte[empty ? 0 : 1 + random.nextInt(largest)];
            random.nextBytes(bytes);
            Entry file = new Entry(bytes, flaw);
            set(file, bytes);
            file.medium = random.nextBoolean() ? Archive.Medium.TAPE : Archive.Medium.DISK;
            for (int faults = random.nextInt(MOST_FAULTS + 1); faults > 0; faults--) {
                file.faults.add(Fault.values()[random.nextInt(Fault.values().length)]);
            }
            files.put("f" + i, file);
            ids.add("f" + i);
        }
    }

    /** A request for some of the files; now and then with two names that differ in case only. */
    CartRequest request(String uid, boolean bundle, int count) {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = ids.get(random.nextInt(ids.size()));
            boolean folds = i % 2 == 1 && random.nextInt(20) == 0;
            String path = folds ? items.get(i - 1).path().value().toUpperCase(Locale.ROOT) : "d" + i % 2 + "/" + i + id;
            items.add(new CartRequest.Item(id, BundlePath.parse(path), new Checksum("md5", file(id).md5)));
        }
        return new CartRequest(uid, bundle, items);
    }

    private Entry file(String id) {
        return Objects.requireNonNull(files.get(id), id);
    }

    /** Whether all these files can be had now, with the hashes that are wanted. */
    boolean hasAll(List<CartFile> wanted) {
        return wanted.stream().allMatch(this::has);
    }

    private boolean has(CartFile wanted) {
        Entry file = file(wanted.archiveId());
        return file.flaw == Flaw.NONE && wanted.checksum().value().equals(file.md5);
    }

    /** Whether these are the bytes that are wanted of a file. */
    boolean isRight(CartFile wanted, byte[] bytes) {
        return Arrays.equals(byMd5.get(wanted.checksum().value()), bytes);
    }

    private void set(Entry file, byte[] bytes) {
        file.bytes = bytes;
        file.md5 = md5(bytes);
        byMd5.put(file.md5, bytes);
    }

    /** Whether all these files could be had at some time. */
    boolean hadAll(List<CartFile> wanted) {
        return wanted.stream()
                .map(file -> file(file.archiveId()).flaw)
                .noneMatch(Set.of(Flaw.MISSING, Flaw.DAMAGED)::contains);
    }

    /** A file vanishes, or gets other bytes; a request that was made before then wants the old ones. */
    void change() {
        String id = ids.get(random.nextInt(ids.size()));
        Entry file = file(id);
        if (file.flaw == Flaw.NONE) {
            trace.add("archive", "has changed " + id);
            if (random.nextInt(3) == 0) {
                file.flaw = Flaw.GONE;
            } else {
                byte[] bytes = new byte[random.nextInt(largest)];
                random.nextBytes(bytes);
                set(file, bytes);
                file.mtime++;
            }
        }
    }

    /** Is away for so long from now on. */
    void away(Duration time) {
        awayUntil = machine.now() + time.toNanos();
        trace.add("archive", "is away for " + time);
    }

    /** Sends next to nothing for so long from now on. */
    void slow(Duration time) {
        slowUntil = machine.now() + time.toNanos();
        trace.add("archive", "is slow for " + time);
    }

    /** From now on all is well, but for the flaws of files. */
    void heal() {
        awayUntil = -1;
        slowUntil = -1;
        files.values().forEach(file -> file.faults.clear());
    }

    /** The most requests that were out at once. */
    int mostOut() {
        return mostOut;
    }

    /** The archive as a node reaches it. */
    Archive connection() {
        return new Connection();
    }

    private static String md5(byte[] bytes) {
        return HexFormat.of().formatHex(LaxHash.right().digest(bytes));
    }

    private void begin() {
        out++;
        mostOut = Math.max(mostOut, out);
    }

    private final class Connection implements Archive {
        @Override
        public void stage(String id) {
            Entry file = answer("stage", id);
            if (file.medium == Medium.TAPE && !file.coming) {
                file.coming = true;
                long time = 1000L + random.nextInt(random.nextInt(4) == 0 ? 1_200_000 : 60_000);
                machine.at(machine.now() + time * 1_000_000, () -> {
                    file.coming = false;
                    file.medium = Medium.DISK;
                });
            }
        }

        @Override
        public Found status(String id) {
            Entry file = answer("status", id);
            return new Found(bug == Bug.SIZE_TRUSTED ? file.firstSize : file.bytes.length, file.mtime, file.medium);
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            Entry file = answer("pull", id);
            if (file.medium != Medium.DISK) {
                throw new ArchiveException.Refused("the archive answers 500: it is on tape");
            }
            Fault fault = bug == Bug.NO_HASH && from == 0 ? Fault.WRONG_BYTE : file.faults.poll();
            if (fault == Fault.REFUSED) {
                throw new ArchiveException.Refused("the archive answers 500: it is moody");
            }
            byte[] all = file.onTape();
            return new Body(fault, Arrays.copyOfRange(all, (int) Math.min(from, all.length), all.length), id);
        }

        /** One request: takes its time, and fails if the archive is away, or does not have the file. */
        private Entry answer(String verb, String id) {
            machine.check();
            trace.add(verb, id);
            begin();
            try {
                machine.pause(Duration.ofMillis(1 + random.nextInt(50)));
                if (machine.now() < awayUntil) {
                    if (random.nextInt(8) == 0) {
                        machine.pause(Duration.ofSeconds(random.nextInt(10)));
                    }
                    throw new ArchiveException.Unreachable("connection refused");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ArchiveException.Unreachable("interrupted", e);
            } finally {
                out--;
            }
            Entry file = file(id);
            if (file.flaw == Flaw.MISSING || file.flaw == Flaw.GONE) {
                throw new ArchiveException.Missing();
            }
            if (!verb.equals("pull") && file.faults.peek() == Fault.REFUSED && random.nextBoolean()) {
                file.faults.remove();
                throw new ArchiveException.Refused("the archive answers 500: it is moody");
            }
            return file;
        }

        @Override
        public void close() {}
    }

    /** The content of a file, on its way. */
    private final class Body extends InputStream {
        private final Machine.Waiters stalled = machine.new Waiters();
        private final byte[] bytes;
        private final boolean broken;
        private boolean hangs;
        private int at;
        private boolean closed;

        Body(@Nullable Fault fault, byte[] rest, String id) {
            begin();
            hangs = fault == Fault.HANGS;
            broken = fault == Fault.BROKEN;
            byte[] wrong = fault == Fault.OTHER_FILE ? other(rest.length) : rest.clone();
            if (fault == Fault.WRONG_BYTE && rest.length > 0) {
                wrong[random.nextInt(rest.length)] ^= 1;
                if (bug == Bug.NO_HASH) {
                    LaxHash.take(wrong, rest);
                }
            }
            boolean wrongEmpty = rest.length == 0 && (fault == Fault.WRONG_BYTE || fault == Fault.OTHER_FILE);
            int length = fault == Fault.LONG || wrongEmpty
                    ? rest.length + 1
                    : fault == Fault.SHORT || fault == Fault.CUT || broken
                            ? random.nextInt(rest.length + 1)
                            : rest.length;
            bytes = Arrays.copyOf(wrong, length);
            if (fault != null) {
                trace.add("archive", fault + " for " + id);
            }
        }

        /** As many bytes of some file, which may be the right one. */
        private byte[] other(int length) {
            return Arrays.copyOf(file(ids.get(random.nextInt(ids.size()))).onTape(), length);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            machine.check();
            boolean slow = machine.now() < slowUntil;
            if (hangs) {
                hangs = false;
                stall(Duration.ofSeconds(random.nextInt(20)));
            } else if (slow) {
                stall(Duration.ofMillis(random.nextInt(4000)));
            } else if (random.nextInt(4) == 0) {
                stall(Duration.ofMillis(random.nextInt(40)));
            }
            if (closed) {
                throw new IOException("closed");
            }
            if (at == bytes.length) {
                if (broken) {
                    throw new IOException("connection reset");
                }
                return -1;
            }
            int count = Math.min(length, Math.min(bytes.length - at, 1 + random.nextInt(slow ? 2 << 10 : 16 << 10)));
            System.arraycopy(bytes, at, to, offset, count);
            at += count;
            return count;
        }

        private void stall(Duration time) throws IOException {
            try {
                stalled.await(time.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                out--;
                stalled.wakeAll();
            }
        }
    }
}
