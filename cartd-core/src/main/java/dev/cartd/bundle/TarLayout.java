package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import static dev.cartd.bundle.TarHeader.BLOCK;

/**
 * Where every byte of a cart's tar is. The tar is a pure function of the files (path, size, modification time) and the
 * top directory's name: the order in which the files are given, the machine and the time do not matter. Immutable, and
 * safe for use by many threads. Holds some forty bytes for each member besides the files themselves.
 */
public final class TarLayout {
    /** Goes into every {@link #etag}: to be raised whenever the same members get other bytes. */
    static final String VERSION = "cartd-tar-1";

    private static final int END = 2 * BLOCK;

    private final String top;
    private final List<Member> members;
    /** Where each member's header begins, and then where the last member ends. */
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
     * Lays out a tar: the top directory, then all files and the directories that they are in, depth first, each
     * directory sorted by the UTF-8 bytes of the names in it.
     *
     * @param top the top directory's name: one plain name of 1 to 200 bytes of UTF-8, as {@link BundleName} makes it
     * @param files in any order, all of known size
     * @throws IllegalArgumentException if the top directory's name is not such a name
     * @throws CartException.Failed if a file has no known size or no allowed path, if a path is there for two different
     *     files (the same one twice counts once) or is also a directory, if there are more than a million directories,
     *     or if the tar would be longer than a long can tell; the message names the file
     */
    public static TarLayout of(String top, List<CartFile> files) {
        requireName(top);
        return new TarLayout(top, TarTree.of(files), new long[0]);
    }

    /**
     * The same files under another top directory. Both share nearly all that they hold: the members, and where they
     * begin too, unless a name became so long that its header did.
     *
     * @throws IllegalArgumentException if the top directory's name is not a name as for {@link #of}
     */
    public TarLayout under(String otherTop) {
        requireName(otherTop);
        return otherTop.equals(top) ? this : new TarLayout(otherTop, members, starts);
    }

    /** Whether this layout and another under a different top directory hold no places of their own. */
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
     * A strong validator in hex digits: two layouts have the same one only if their tars have the same bytes, as long
     * as the files have the hashes that they must have.
     */
    public String etag() {
        return etag;
    }

    /**
     * Where a file's data begins; its {@link CartFile#size} bytes follow without a gap.
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
     * Writes all of the tar that is not data of a file: headers, the zeros after each file, and the end. The channel's
     * file is then exactly as long as the tar. Where data is or will be, nothing is written, so it does not matter
     * whether that was there before, comes at the same time or later, and this can be done again.
     *
     * @param tar open for writing; its position is not used
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
     * Opens the bytes from {@code from} (included) to {@code to} (not included), computed as they are read. A read
     * fills the buffer over as many members as it takes. A file is opened when bytes of it are due, and must then have
     * exactly the size that it has here: otherwise the read fails with an IOException whose message names the file, as
     * it does when the file ends early. No byte is ever made up, left out or shifted. The channel is for one thread at
     * a time, but any thread may close it.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     */
    public ReadableByteChannel open(Contents contents, long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        return new TarChannel(this, contents, from, to);
    }

    /** How many members it has: files, and the directories that they are in. */
    public int size() {
        return members.size();
    }

    /**
     * The files of which bytes are in this range, and the empty ones between, in the order of the tar.
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

    /** The index of the member that this byte belongs to; what is after the last one's data counts as that one's. */
    int memberAt(long position) {
        int found = Arrays.binarySearch(starts, 0, members.size(), position);
        return found >= 0 ? found : -found - 2;
    }

    Member member(int index) {
        return members.get(index);
    }

    /** Where a member's header begins. */
    long start(int index) {
        return starts[index];
    }

    /** Where a member's data begins. */
    long data(int index) {
        return starts[index + 1] - padded(members.get(index).size());
    }

    /** Where the next member begins; for the last one, where the tar ends. */
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
