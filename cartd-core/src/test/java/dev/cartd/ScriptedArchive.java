package dev.cartd;

import dev.cartd.cart.CartRequest;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** An archive in memory that does what a test tells it to, and counts. */
public final class ScriptedArchive implements Archive {
    /** When every file was last modified. */
    public static final long MTIME = 1_444_937_154;

    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, Long> sizes = new ConcurrentHashMap<>();
    private final Map<String, Long> mtimes = new ConcurrentHashMap<>();
    private final Map<String, Medium> media = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Faults faults = new Faults(0, 0, 0, 0);
    private volatile boolean away;
    private volatile boolean stalling;
    private volatile boolean stalled;
    private volatile Duration slow = Duration.ZERO;
    private final Map<String, Long> froms = new ConcurrentHashMap<>();

    /** How many of a hundred requests are refused, and of a hundred bodies cut and corrupted, by this seed. */
    public record Faults(int refused, int cut, int corrupted, long seed) {}

    /** An archive without files, in good health. */
    public ScriptedArchive() {}

    /** Adds a file of so many random bytes, the same for the same id; it is on disk. */
    public ScriptedArchive add(String id, int size) {
        byte[] bytes = new byte[size];
        new Random(id.hashCode()).nextBytes(bytes);
        contents.put(id, bytes);
        media.put(id, Medium.DISK);
        return this;
    }

    /** From now on a file has these bytes. */
    public ScriptedArchive replace(String id, byte[] bytes) {
        contents.put(id, bytes.clone());
        return this;
    }

    /** From now on it does not have the file. */
    public void remove(String id) {
        contents.remove(id);
    }

    /** Says where a file is. */
    public ScriptedArchive put(String id, Medium medium) {
        media.put(id, medium);
        return this;
    }

    /** Has the status of a file tell another size than its content has. */
    public ScriptedArchive claim(String id, long size) {
        sizes.put(id, size);
        return this;
    }

    /** From now on these faults happen. */
    public ScriptedArchive fail(Faults newFaults) {
        faults = newFaults;
        return this;
    }

    /** From now on it cannot be reached, or can again. */
    public void away(boolean now) {
        away = now;
    }

    /** From now on the file was last modified then. */
    public void touch(String id, long mtime) {
        mtimes.put(id, mtime);
    }

    /** From now on bodies stop after their first half until they are closed, or flow again. */
    public void stall(boolean now) {
        stalling = now;
    }

    /** From now on every read of a body takes so long. */
    public void slow(Duration each) {
        slow = each;
    }

    /** Whether a body has stopped and waits. */
    public boolean isStalled() {
        return stalled;
    }

    /** From which byte a file was pulled last. */
    public long pulledFrom(String id) {
        return froms.getOrDefault(id, -1L);
    }

    /** The bytes of a file. */
    public byte[] bytes(String id) {
        return content(id).clone();
    }

    /** How often it was asked to {@code stage}, {@code status} or {@code pull} a file. */
    public int count(String verb, String id) {
        return counter(verb, id).get();
    }

    /** How many requests there were at once at the most. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    /** An item for a file, at this path, with its MD5. */
    public CartRequest.Item item(String id, String path) {
        return item(id, path, "md5", "MD5");
    }

    /**
     * An item for a file, at this path, with another hash.
     *
     * @param type what cartd calls it
     * @param algorithm what Java calls it
     */
    public CartRequest.Item item(String id, String path, String type, String algorithm) {
        return CartRequest.Item.of(id, path, type, hash(algorithm, bytes(id)));
    }

    /** A request for files {@code 0} to {@code count - 1} of a cart, of these sizes; adds them all. */
    public CartRequest request(String uid, boolean bundle, int... fileSizes) {
        List<CartRequest.Item> items = IntStream.range(0, fileSizes.length)
                .mapToObj(i -> {
                    String id = uid + "/" + i;
                    add(id, fileSizes[i]);
                    return item(id, "d" + i % 3 + "/f" + i);
                })
                .toList();
        return new CartRequest(uid, bundle, items);
    }

    /** A hash in hex. */
    public static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public void stage(String id) {
        answer("stage", id, 0);
    }

    @Override
    public Found status(String id) {
        answer("status", id, 0);
        long size = sizes.getOrDefault(id, (long) content(id).length);
        return new Found(size, mtimes.getOrDefault(id, MTIME), media.getOrDefault(id, Medium.DISK));
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        int number = answer("pull", id, 1);
        if (media.get(id) != Medium.DISK) {
            running.decrementAndGet();
            throw new ArchiveException.Refused("the archive answers 500: it is on tape");
        }
        froms.put(id, from);
        byte[] all = content(id);
        byte[] bytes = Arrays.copyOfRange(all, (int) Math.min(from, all.length), all.length);
        Random random = random("body", id, number);
        boolean cut = bytes.length > 0 && random.nextInt(100) < faults.cut;
        if (bytes.length > 0 && random.nextInt(100) < faults.corrupted) {
            bytes[random.nextInt(bytes.length)] ^= 1;
        }
        int end = cut ? random.nextInt(bytes.length) : bytes.length;
        return new Body(bytes, end, cut && random.nextBoolean());
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private int answer(String verb, String id, int held) {
        int number = counter(verb, id).incrementAndGet();
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            if (away) {
                throw new ArchiveException.Unreachable("connection refused");
            }
            if (!contents.containsKey(id)) {
                throw new ArchiveException.Missing();
            }
            if (random(verb, id, number).nextInt(100) < faults.refused) {
                throw new ArchiveException.Refused("the archive answers 500: it is moody");
            }
            running.addAndGet(held);
            return number;
        } finally {
            running.decrementAndGet();
        }
    }

    private byte[] content(String id) {
        return Objects.requireNonNull(contents.get(id), id);
    }

    private AtomicInteger counter(String verb, String id) {
        return counts.computeIfAbsent(verb + " " + id, key -> new AtomicInteger());
    }

    private Random random(String verb, String id, int number) {
        return new Random(faults.seed * 31 + (verb + id + number).hashCode() * 0x9E3779B97F4A7C15L);
    }

    private final class Body extends FilterInputStream {
        private final int end;
        private final boolean reset;
        private final CountDownLatch released = new CountDownLatch(1);
        private int at;

        Body(byte[] bytes, int end, boolean reset) {
            super(new ByteArrayInputStream(bytes, 0, end));
            this.end = end;
            this.reset = reset;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (stalling && at >= end / 2) {
                stall();
            }
            LockSupport.parkNanos(slow.toNanos());
            int count = super.read(to, offset, stalling ? Math.max(1, Math.min(length, end / 2)) : length);
            if (count < 0 && reset) {
                throw new IOException("connection reset");
            }
            at += Math.max(0, count);
            return count;
        }

        private void stall() throws IOException {
            stalled = true;
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed while it stalled");
        }

        @Override
        public void close() {
            if (released.getCount() > 0) {
                released.countDown();
                running.decrementAndGet();
            }
        }
    }
}
