package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import static dev.cartd.bundle.TarHeader.BLOCK;

/**
 * The position of every byte in a cart's tar. The tar is a pure function of the files (path, size, modification time)
 * and of the name of the top directory; the order of the list, the machine and the current time do not matter.
 * Immutable, and safe for use by many threads. Takes some forty bytes of memory for each member, besides the files.
 */
public final class TarLayout {
    /** Part of every {@link #etag}; must be raised by any change that gives the same members other bytes. */
    static final String VERSION = "cartd-tar-1";

    private static final int END = 2 * BLOCK;

    private final String top;
    private final List<Member> members;
    /** The position of each member's header, and after these the end of the last member. */
    private final long[] starts;

    private final String etag;

    private TarLayout(String top, List<Member> members, long[] known) {
        this.top = top;
        this.members = members;
        long[] places = new long[members.size() + 1];
        for (int i = 0; i < members.size(); i++) {
            places[i + 1] = after(members.get(i), places[i]);
        }
        starts = Arrays.equals(places, known) ? known : places;
        etag = Etag.of(VERSION, top, members);
    }

    /**
     * Lays out a tar: the top directory, then all files and their directories, depth first; the entries of each
     * directory are sorted by the UTF-8 bytes of their names.
     *
     * @param top the name of the top directory: one plain name of 1 to 200 bytes of UTF-8, as {@link BundleName} makes
     *     it
     * @param files in any order, all of known size
     * @throws IllegalArgumentException if {@code top} is not such a name
     * @throws CartException.Failed if the size of a file is unknown, if its path is not allowed, if two different files
     *     have the same path (the same file twice counts once), if the path of a file is also a directory, if there are
     *     more than a million directories, or if the length of the tar does not fit into a long; the message names the
     *     file
     */
    public static TarLayout of(String top, List<CartFile> files) {
        requireName(top);
        return new TarLayout(top, TarTree.of(files), new long[0]);
    }

    /**
     * The layout of the same files under another top directory. Both layouts share the members in memory; they share
     * the positions too unless a header has another length under the other name.
     *
     * @throws IllegalArgumentException if {@code otherTop} is not a name as {@link #of} requires
     */
    public TarLayout under(String otherTop) {
        requireName(otherTop);
        return otherTop.equals(top) ? this : new TarLayout(otherTop, members, starts);
    }

    /** Whether this layout and {@code other} share the memory of their positions. */
    public boolean sharesPlaces(TarLayout other) {
        return starts == other.starts;
    }

    private static void requireName(String top) {
        if (!BundleName.directory(top).equals(top)) {
            throw new IllegalArgumentException("not a name for a top directory: " + top);
        }
    }

    private long after(Member member, long start) {
        int header = TarHeader.length(member.name(top), member.size(), member.mtime());
        // The longest tar is one block less than 2^63 bytes.
        long limit = Long.MAX_VALUE - (BLOCK - 1) - END - header - start;
        if (member.size() > limit) {
            throw new CartException.Failed(
                    "file " + member.path() + " is too large for a tar: " + member.size() + " bytes");
        }
        return start + header + padded(member.size());
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** The length of the tar in bytes. */
    public long length() {
        return starts[members.size()] + END;
    }

    /**
     * A strong validator in hex digits: two layouts have the same one only if their tars have the same bytes, provided
     * that each file has its recorded hash.
     */
    public String etag() {
        return etag;
    }

    /**
     * The position of a file's first data byte; its {@link CartFile#size} bytes follow without a gap.
     *
     * @throws IllegalArgumentException if this layout has no file of that path and size
     */
    public long offset(CartFile file) {
        String path = file.bundlePath().map(BundlePath::value).orElse("");
        int index = find(path);
        if (index < 0 || !(members.get(index) instanceof Regular found) || found.size() != file.size()) {
            throw new IllegalArgumentException("file number " + file.id() + " is not in this layout as it is now");
        }
        return data(index);
    }

    private int find(String path) {
        int low = 0;
        int high = members.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = PathOrder.compare(members.get(middle).path(), path);
            if (order == 0) {
                return middle;
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return -1;
    }

    /**
     * Writes every part of the tar that is not the data of a file: the headers, the padding after each file, and the
     * end. Afterwards the file is exactly as long as the tar. The ranges of the data are not written, so the data may
     * be written before, meanwhile or later, and this method may be repeated.
     *
     * @param tar open for writing; its position is neither used nor changed, unless it is beyond the end of the tar
     * @throws IOException if the file cannot be truncated or written
     */
    public void writeHeaders(FileChannel tar) throws IOException {
        tar.truncate(length());
        GatheringWriter writer = new GatheringWriter(tar);
        for (int i = 0; i < members.size(); i++) {
            writer.write(starts[i], header(i));
            long end = data(i) + members.get(i).size();
            writer.write(end, new byte[(int) (next(i) - end)]);
        }
        writer.flush();
    }

    /**
     * Opens the bytes from {@code from} (included) to {@code to} (not included); they are computed as they are read. A
     * read fills the buffer unless the range ends first. Each file is opened when its first byte is read. If its size
     * is not the one in this layout, or it ends early, the read throws an IOException whose message names the file. No
     * byte is ever made up, left out or shifted. One thread at a time may read the channel; any thread may close it.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     */
    public BundleChannel open(Contents contents, long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        return new TarRange(this, contents, from, to);
    }

    /** The number of members: files and their directories. */
    public int size() {
        return members.size();
    }

    /**
     * The files that have data in this range, in the order of the tar; with the empty files between them.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     */
    public List<CartFile> files(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        if (from == to) {
            return List.of();
        }
        return IntStream.rangeClosed(memberAt(from), memberAt(to - 1))
                .filter(i -> from < data(i) + members.get(i).size() && data(i) < to)
                .mapToObj(members::get)
                .filter(Regular.class::isInstance)
                .map(member -> ((Regular) member).file())
                .toList();
    }

    /** The index of the member that has the byte at this position; the end of the tar belongs to the last member. */
    int memberAt(long position) {
        int found = Arrays.binarySearch(starts, 0, members.size(), position);
        return found >= 0 ? found : -found - 2;
    }

    Member member(int index) {
        return members.get(index);
    }

    /** The position of a member's header. */
    long start(int index) {
        return starts[index];
    }

    /** The position of a member's data. */
    long data(int index) {
        return starts[index + 1] - padded(members.get(index).size());
    }

    /** The position of the next member; for the last member, the end of the tar. */
    long next(int index) {
        return index == members.size() - 1 ? length() : starts[index + 1];
    }

    /** The bytes of a member's header. */
    byte[] header(int index) {
        Member member = members.get(index);
        byte[] header = TarHeader.bytes(member.name(top), member.size(), member.mtime());
        if (header.length != data(index) - starts[index]) {
            throw new IllegalStateException("the header of " + member.path() + " is not as long as it was laid out");
        }
        return header;
    }
}
