package dev.cartd.store;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An archive of a few files in memory, which remembers what was pulled. */
final class SmallArchive implements Archive {
    /** When all of them were last modified. */
    static final long MTIME = 1_500_000_000;

    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final List<String> pulled = new CopyOnWriteArrayList<>();
    private volatile boolean away;
    private volatile Medium medium = Medium.DISK;

    void put(String id, byte[] bytes) {
        contents.put(id, bytes);
    }

    /** From now on it cannot be reached, or can again. */
    void away(boolean now) {
        away = now;
    }

    /** From now on all files are there. */
    void medium(Medium now) {
        medium = now;
    }

    /** The ids of the files that were pulled, in that order. */
    List<String> pulled() {
        return pulled;
    }

    @Override
    public void stage(String id) {
        find(id);
    }

    @Override
    public Found status(String id) {
        return new Found(find(id).length, MTIME, medium);
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        byte[] bytes = find(id);
        pulled.add(id);
        return new ByteArrayInputStream(bytes, (int) from, bytes.length - (int) from);
    }

    @Override
    public void close() {}

    private byte[] find(String id) {
        if (away) {
            throw new ArchiveException.Unreachable("it is away");
        }
        return Optional.ofNullable(contents.get(id)).orElseThrow(ArchiveException.Missing::new);
    }
}
