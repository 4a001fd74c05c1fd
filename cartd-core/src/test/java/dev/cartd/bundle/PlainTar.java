package dev.cartd.bundle;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The tar of a cart as the library writes it from beginning to end, over a tree that is built and sorted by names. */
final class PlainTar {
    private final CartOnDisk cart;
    private final TarArchiveOutputStream out;

    private static final class Directory {
        final Map<String, Object> children = new TreeMap<>((left, right) ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
        long newest = Long.MIN_VALUE;

        void add(BundlePath path, CartFile file) {
            Directory at = this;
            for (int i = 0; i < path.segments().size() - 1; i++) {
                at.newest = Math.max(at.newest, file.mtime());
                at = (Directory) at.children.computeIfAbsent(path.segments().get(i), name -> new Directory());
            }
            at.newest = Math.max(at.newest, file.mtime());
            at.children.put(path.segments().get(path.segments().size() - 1), file);
        }
    }

    private PlainTar(CartOnDisk cart, TarArchiveOutputStream out) {
        this.cart = cart;
        this.out = out;
    }

    /** The whole tar. For the time that it takes this process has no user name: the library tells it to the world. */
    static byte[] of(CartOnDisk cart, String top) throws IOException {
        String user = System.getProperty("user.name");
        System.setProperty("user.name", "");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            out.setAddPaxHeadersForNonAsciiNames(true);
            Directory root = new Directory();
            cart.files().forEach(file -> root.add(file.bundlePath().orElseThrow(), file));
            new PlainTar(cart, out).write(top, root);
        } finally {
            System.setProperty("user.name", user);
        }
        return bytes.toByteArray();
    }

    private void write(String name, Object what) throws IOException {
        if (what instanceof CartFile file) {
            put(name, 0644, file.size(), file.mtime());
            out.write(cart.bytes(file));
            out.closeArchiveEntry();
        } else if (what instanceof Directory directory) {
            put(name + "/", 0755, 0, directory.newest);
            out.closeArchiveEntry();
            for (Map.Entry<String, Object> child : directory.children.entrySet()) {
                write(name + "/" + child.getKey(), child.getValue());
            }
        }
    }

    private void put(String name, int mode, long size, long mtime) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(size);
        entry.setLastModifiedTime(FileTime.from(mtime, TimeUnit.SECONDS));
        out.putArchiveEntry(entry);
    }
}
