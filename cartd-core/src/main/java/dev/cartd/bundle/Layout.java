package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The position of every byte in a bundle that is computed from the files of a cart. The bundle is a pure function of
 * the files (path, size, modification time, content) and of the name of the top directory; the order of the list, the
 * machine and the current time do not matter. Immutable, and safe for use by many threads.
 *
 * <p>A bundle is a row of pieces. A piece has a header, then the data of a file or none, then zeros or none. Each
 * member has one, in their order, one after the other; a layout says what comes before and after them.
 */
public abstract sealed class Layout permits TarLayout, ZipLayout, BagLayout {
    final String top;
    final List<Member> members;

    /** The index of the piece of the first member. */
    private final int first;

    /** The position of each piece, and after these the length of the bundle. */
    final long[] starts;

    private final String etag;

    /**
     * @param first the index of the piece of the first member
     * @param starts the position of each piece, and the length of the bundle
     * @param version differs from that of any other kind of layout
     */
    Layout(String top, List<Member> members, int first, long[] starts, String version) {
        this.top = top;
        this.members = members;
        this.first = first;
        this.starts = starts;
        this.etag = Etag.of(version, top, members);
    }

    /** @throws IllegalArgumentException if {@code top} is not a name that {@link BundleName} makes */
    static String name(String top) {
        if (!BundleName.directory(top).equals(top)) {
            throw new IllegalArgumentException("not a name for a top directory: " + top);
        }
        return top;
    }

    /** @throws CartException.Failed if the file has more than {@code most} bytes */
    static void requireRoom(Member member, long most, String kind) {
        if (member.size() > most) {
            throw new CartException.Failed(
                    "file " + member.path() + " is too large for a " + kind + ": " + member.size() + " bytes");
        }
    }

    /**
     * The layout of the same files under another top directory. Both layouts share the members in memory; they share
     * the positions too unless a header has another length under the other name.
     *
     * @throws IllegalArgumentException if {@code otherTop} is not a name of 1 to 200 bytes of UTF-8, as {@link
     *     BundleName} makes it
     */
    public abstract Layout under(String otherTop);

    /** Whether this layout and {@code other} share the memory of their positions. */
    public final boolean sharesPlaces(Layout other) {
        return starts == other.starts;
    }

    /** The bytes of memory that the positions take. */
    public final long memory() {
        return (long) Long.BYTES * starts.length;
    }

    /** The length of the bundle in bytes. */
    public final long length() {
        return starts[starts.length - 1];
    }

    /**
     * A strong validator in hex digits: two layouts have the same one only if their bundles have the same bytes,
     * provided that each file has its recorded hash.
     */
    public final String etag() {
        return etag;
    }

    /** The number of members: files and their directories. */
    public final int size() {
        return members.size();
    }

    /** Whether the CRC-32 of every file is known, which a zip needs. */
    public final boolean hasCrcs() {
        return members.stream()
                .allMatch(member ->
                        !(member instanceof Regular file) || file.file().hasCrc());
    }

    /**
     * Opens the bytes from {@code from} (included) to {@code to} (not included); they are computed as they are read. A
     * read fills the buffer unless the range ends first. Each file is opened when its first byte is read. If its size
     * is not the one in this layout, or it ends early, the read throws an IOException whose message names the file. No
     * byte is ever made up, left out or shifted. One thread at a time may read the channel; any thread may close it.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     */
    public final BundleChannel open(Contents contents, long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        return new LayoutRange(this, contents, from, to);
    }

    /**
     * The files that have data in this range, in the order of the bundle; with the empty files between them.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     */
    public final List<CartFile> files(long from, long to) {
        Objects.checkFromToIndex(from, to, length());
        if (from == to) {
            return List.of();
        }
        return IntStream.rangeClosed(
                        Math.max(pieceAt(from), first), Math.min(pieceAt(to - 1), first + members.size() - 1))
                .filter(i -> from < end(i) && data(i) < to)
                .mapToObj(i -> members.get(i - first))
                .filter(Regular.class::isInstance)
                .map(member -> ((Regular) member).file())
                .toList();
    }

    /** The index of the piece that has the byte at this position. */
    final int pieceAt(long position) {
        int found = Arrays.binarySearch(starts, 0, starts.length - 1, position);
        return found >= 0 ? found : -found - 2;
    }

    /** The position of a piece. */
    final long start(int piece) {
        return starts[piece];
    }

    /** The position after a piece. */
    final long next(int piece) {
        return starts[piece + 1];
    }

    /** The position after the header of a piece. */
    final long data(int piece) {
        Regular file = file(piece);
        return next(piece) - (file == null ? 0 : room(file.size()));
    }

    /** The position after the data of a piece. */
    final long end(int piece) {
        Regular file = file(piece);
        return file == null ? next(piece) : data(piece) + file.size();
    }

    /** The file whose data a piece has; null if it has none. */
    final @Nullable Regular file(int piece) {
        int member = piece - first;
        return member >= 0 && member < members.size() && members.get(member) instanceof Regular file ? file : null;
    }

    /** How many bytes the data of a file takes, with the zeros after it. */
    abstract long room(long size);

    /** The bytes of a piece's header. */
    final byte[] header(int piece) {
        byte[] header = makeHeader(piece);
        if (header.length != data(piece) - starts[piece]) {
            throw new IllegalStateException("the header of piece " + piece + " is not as long as it was laid out");
        }
        return header;
    }

    /** Makes the bytes of a piece's header. */
    abstract byte[] makeHeader(int piece);
}
