package dev.cartd.simulation;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A file, directory or symlink of a {@link Drive}: as it is now, and as it was when it was last synced. */
final class Inode {
    enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK
    }

    static final int BLOCK = 4096;
    private static final int SECTOR = 512;

    final Kind kind;
    final long number;

    /** Where a symlink leads. */
    final String target;

    /** The extended attributes; durable at once. */
    final Map<String, byte[]> attributes = new TreeMap<>();

    Instant modified;

    /** How many names it has, and how many it has on the medium; how often it is open. */
    int links;

    int durableLinks;
    int opens;

    /** What a directory has. */
    final NavigableMap<String, Inode> entries;

    final NavigableMap<String, Inode> durable;

    /** What a file has; a block that is not there is a hole. */
    private NavigableMap<Integer, byte[]> blocks = new TreeMap<>();

    private final NavigableMap<Integer, byte[]> durableBlocks = new TreeMap<>();
    private final TreeSet<Integer> dirty = new TreeSet<>();

    /** The blocks that a failed sync did not write, and that the system takes for written. */
    private final TreeSet<Integer> forgotten = new TreeSet<>();

    private long size;
    private long durableSize;

    /** @param names tells which names are one in a directory */
    Inode(Kind kind, long number, String target, Instant modified, Comparator<String> names) {
        this.entries = new TreeMap<>(names);
        this.durable = new TreeMap<>(names);
        this.kind = kind;
        this.number = number;
        this.target = target;
        this.modified = modified;
    }

    long size() {
        return size;
    }

    int blocks() {
        return blocks.size();
    }

    /** How many blocks a write would add. */
    int newBlocks(long at, int count) {
        int added = 0;
        for (long block = at / BLOCK; block * BLOCK < at + count; block++) {
            added += blocks.containsKey((int) block) ? 0 : 1;
        }
        return added;
    }

    int read(ByteBuffer to, long at) {
        int count = (int) Math.min(to.remaining(), size - at);
        for (int done = 0; done < count; ) {
            long here = at + done;
            int from = (int) (here % BLOCK);
            int most = Math.min(count - done, BLOCK - from);
            byte[] block = blocks.get((int) (here / BLOCK));
            to.put(block == null ? new byte[BLOCK] : block, from, most);
            done += most;
        }
        return count;
    }

    void write(ByteBuffer from, long at) {
        long here = at;
        while (from.hasRemaining()) {
            int number = (int) (here / BLOCK);
            int to = (int) (here % BLOCK);
            int most = Math.min(from.remaining(), BLOCK - to);
            from.get(blocks.computeIfAbsent(number, absent -> new byte[BLOCK]), to, most);
            dirty.add(number);
            forgotten.remove(number);
            here += most;
        }
        size = Math.max(size, here);
    }

    void truncate(long length) {
        if (length < size) {
            dirty.addAll(blocks.tailMap((int) (length / BLOCK), true).keySet());
            blocks.tailMap((int) ((length + BLOCK - 1) / BLOCK), true).clear();
            byte[] last = blocks.get((int) (length / BLOCK));
            if (last != null) {
                java.util.Arrays.fill(last, (int) (length % BLOCK), BLOCK, (byte) 0);
            }
            size = length;
        }
    }

    /** A sync fails: the system forgets that it has blocks to write, so that the next sync succeeds without them. */
    void failSync() {
        forgotten.addAll(dirty);
        dirty.clear();
    }

    /** Makes what a file has durable. */
    void syncFile() {
        dirty.forEach(block -> keep(durableBlocks, block, blocks.get(block)));
        dirty.clear();
        durableSize = size;
    }

    private static void keep(Map<Integer, byte[]> blocks, int number, byte @Nullable [] block) {
        if (block == null) {
            blocks.remove(number);
        } else {
            blocks.put(number, block.clone());
        }
    }

    /** Whether a power cut may leave another content than it has now. */
    boolean isUnsynced() {
        return !dirty.isEmpty() || !forgotten.isEmpty() || size != durableSize;
    }

    /** Leaves what a file has after a power cut: the old, the new, or of each block either, or the begin of the new. */
    void tear(Random random) {
        forgotten.forEach(block -> keep(blocks, block, durableBlocks.get(block)));
        forgotten.clear();
        int kind = random.nextInt(4);
        if (kind == 0) {
            dirty.forEach(block -> keep(blocks, block, durableBlocks.get(block)));
            size = durableSize;
        } else if (kind > 1) {
            dirty.forEach(block -> tearBlock(block, random));
            size = random.nextBoolean() ? size : durableSize;
        }
        blocks = new TreeMap<>(blocks.headMap((int) ((size + BLOCK - 1) / BLOCK), false));
        syncFile();
        durableBlocks.tailMap((int) ((size + BLOCK - 1) / BLOCK), true).clear();
    }

    private void tearBlock(int block, Random random) {
        byte[] now = blocks.get(block);
        byte[] before = Objects.requireNonNullElseGet(durableBlocks.get(block), () -> new byte[BLOCK]);
        if (now != null) {
            int sectors = random.nextBoolean() ? random.nextInt(2) * BLOCK / SECTOR : random.nextInt(BLOCK / SECTOR);
            System.arraycopy(before, sectors * SECTOR, now, sectors * SECTOR, BLOCK - sectors * SECTOR);
        }
    }
}
