package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A cart whose files are on disk, named by their numbers, so that the paths need not be such as this machine's locale
 * can tell. Remembers what it opened.
 */
final class CartOnDisk implements Contents {
    private final Path root;
    private final List<CartFile> files = new ArrayList<>();
    final List<FileChannel> opened = Collections.synchronizedList(new ArrayList<>());

    CartOnDisk(Path root) {
        this.root = root;
    }

    /** A file as the store would have it, its hash made up of its path. */
    static CartFile file(long id, String path, long size, long mtime) {
        String hash = HexFormat.of().toHexDigits(path.hashCode());
        Checksum checksum = new Checksum("md5", hash.repeat(4));
        return new CartFile(id, "archive/" + id, path, checksum, FileStatus.STAGED, "", size, mtime, true, 0, false, 0);
    }

    /** The file with another hash, and without its CRC-32. */
    static CartFile withChecksum(CartFile file, Checksum checksum) {
        return new CartFile(
                file.id(),
                file.archiveId(),
                file.path(),
                checksum,
                file.status(),
                "",
                file.size(),
                file.mtime(),
                true,
                0,
                false,
                0);
    }

    /** How many bytes of memory are in use. */
    static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Adds a file with bytes that follow from its number. */
    CartFile add(String path, int size, long mtime) throws IOException {
        long id = files.size() + 1L;
        byte[] bytes = new byte[size];
        new Random(id).nextBytes(bytes);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        CartFile file = file(id, path, size, mtime).withCrc(crc.getValue());
        Files.write(place(file), bytes);
        files.add(file);
        return file;
    }

    /** Adds a file of zeros that takes no room, with a mark at its beginning and its end. */
    CartFile addSparse(String path, long size, byte[] mark) throws IOException {
        CartFile file = file(files.size() + 1, path, size, 1_700_000_000);
        try (FileChannel channel = FileChannel.open(place(file), CREATE_NEW, WRITE)) {
            channel.write(ByteBuffer.wrap(mark));
            channel.write(ByteBuffer.wrap(mark), size - mark.length);
        }
        files.add(file);
        return file;
    }

    List<CartFile> files() {
        return files;
    }

    TarLayout layout(String top) {
        return TarLayout.of(top, files);
    }

    ZipLayout zipLayout(String top) {
        return ZipLayout.of(top, files);
    }

    Path place(CartFile file) {
        return root.resolve(Long.toString(file.id()));
    }

    byte[] bytes(CartFile file) throws IOException {
        return Files.readAllBytes(place(file));
    }

    @Override
    public FileChannel open(CartFile file) throws IOException {
        FileChannel channel = FileChannel.open(place(file), READ);
        opened.add(channel);
        return channel;
    }

    /** The whole zip of a layout of this cart. */
    byte[] zip(ZipLayout layout) throws IOException {
        return range(layout, 0, layout.length());
    }

    /** The whole tar of a layout of this cart. */
    byte[] tar(TarLayout layout) throws IOException {
        return range(layout, 0, layout.length());
    }

    byte[] range(Layout layout, long from, long to) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ReadableByteChannel channel = layout.open(this, from, to)) {
            Channels.newInputStream(channel).transferTo(out);
        }
        return out.toByteArray();
    }
}
