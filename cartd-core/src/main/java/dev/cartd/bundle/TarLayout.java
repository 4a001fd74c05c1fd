package dev.cartd.bundle;

import dev.cartd.bundle.Member.Regular;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;

import static dev.cartd.bundle.TarHeader.BLOCK;

/**
 * The position of every byte in a cart's tar: a header and the padded data for each member, then two blocks of zeros.
 * Takes some forty bytes of memory for each member, besides the files.
 */
public final class TarLayout extends Layout {
    /** Part of every {@link #etag}; must be raised by any change that gives the same members other bytes. */
    static final String VERSION = "cartd-tar-1";

    private static final int END = 2 * BLOCK;

    private TarLayout(String top, List<Member> members, long[] known) {
        super(top, members, 0, places(top, members, known), VERSION);
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
        return new TarLayout(name(top), MemberTree.of(files), new long[0]);
    }

    /** Lays out the tar of the files of another layout, under the same top directory. Both share the members. */
    public static TarLayout of(Layout layout) {
        return new TarLayout(layout.top, layout.members, new long[0]);
    }

    @Override
    public TarLayout under(String otherTop) {
        return name(otherTop).equals(top) ? this : new TarLayout(otherTop, members, starts);
    }

    private static long[] places(String top, List<Member> members, long[] known) {
        long[] places = new long[members.size() + 2];
        for (int i = 0; i < members.size(); i++) {
            places[i + 1] = after(top, members.get(i), places[i]);
        }
        places[members.size() + 1] = places[members.size()] + END;
        return Arrays.equals(places, known) ? known : places;
    }

    /** The position after a member, from the position of its header. */
    static long after(String top, Member member, long start) {
        int header = TarHeader.length(member.name(top), member.size(), member.mtime());
        // The longest tar is one block less than 2^63 bytes.
        requireRoom(member, Long.MAX_VALUE - (BLOCK - 1) - END - header - start, "tar");
        return start + header + padded(member.size());
    }

    /** The length that data of this size takes. */
    static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
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
        for (int i = 0; i < starts.length - 1; i++) {
            writer.write(starts[i], header(i));
            writer.write(end(i), new byte[(int) (next(i) - end(i))]);
        }
        writer.flush();
    }

    @Override
    long room(long size) {
        return padded(size);
    }

    @Override
    byte[] makeHeader(int piece) {
        if (piece == members.size()) {
            return new byte[END];
        }
        Member member = members.get(piece);
        return TarHeader.bytes(member.name(top), member.size(), member.mtime());
    }
}
