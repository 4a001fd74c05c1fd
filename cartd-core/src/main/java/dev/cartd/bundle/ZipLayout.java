package dev.cartd.bundle;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.util.Arrays;
import java.util.List;

/**
 * The position of every byte in a cart's zip: a header and the data, not compressed, for each member, then an entry for
 * each member in the directory of the zip, then its end. Takes some fifty bytes of memory for each member, besides the
 * files.
 */
public final class ZipLayout extends Layout {
    /** Part of every {@link #etag}; must be raised by any change that gives the same members other bytes. */
    static final String VERSION = "cartd-zip-1";

    /** More than the directory and the end of any zip can take. */
    private static final long DIRECTORY = 1L << 40;

    private ZipLayout(String top, List<Member> members, long[] known) {
        super(top, members, 0, places(top, members, known), VERSION);
    }

    /**
     * Lays out a zip with the same members, in the same order, as {@link TarLayout#of} does.
     *
     * @param top the name of the top directory: one plain name of 1 to 200 bytes of UTF-8, as {@link BundleName} makes
     *     it
     * @param files in any order, all of known size and CRC-32
     * @throws IllegalArgumentException if {@code top} is not such a name, or the CRC-32 of a file is unknown
     * @throws CartException.Failed as {@link TarLayout#of}; the message names the file
     */
    public static ZipLayout of(String top, List<CartFile> files) {
        return of(name(top), MemberTree.of(files), new long[0]);
    }

    /**
     * Lays out the zip of the files of another layout, under the same top directory. Both share the members in memory.
     *
     * @throws IllegalArgumentException if the CRC-32 of a file is unknown
     */
    public static ZipLayout of(Layout layout) {
        return of(layout.top, layout.members, new long[0]);
    }

    private static ZipLayout of(String top, List<Member> members, long[] known) {
        ZipLayout layout = new ZipLayout(top, members, known);
        if (!layout.hasCrcs()) {
            throw new IllegalArgumentException("the CRC-32 of a file is unknown");
        }
        return layout;
    }

    @Override
    public ZipLayout under(String otherTop) {
        return name(otherTop).equals(top) ? this : new ZipLayout(otherTop, members, starts);
    }

    private static long[] places(String top, List<Member> members, long[] known) {
        int count = members.size();
        long[] places = new long[2 * count + 2];
        for (int i = 0; i < count; i++) {
            Member member = members.get(i);
            int header = ZipHeader.localLength(member.name(top), member);
            requireRoom(member, Long.MAX_VALUE - DIRECTORY - header - places[i], "zip");
            places[i + 1] = places[i] + header + member.size();
        }
        for (int i = 0; i < count; i++) {
            Member member = members.get(i);
            places[count + i + 1] = places[count + i] + ZipHeader.centralLength(member.name(top), member, places[i]);
        }
        places[2 * count + 1] = places[2 * count] + ZipHeader.endLength(count, places[count], places[2 * count]);
        return Arrays.equals(places, known) ? known : places;
    }

    @Override
    long room(long size) {
        return size;
    }

    @Override
    byte[] makeHeader(int piece) {
        int count = members.size();
        if (piece == 2 * count) {
            return ZipHeader.end(count, start(count), start(piece));
        }
        Member member = members.get(piece % count);
        return piece < count
                ? ZipHeader.local(member.name(top), member)
                : ZipHeader.central(member.name(top), member, start(piece - count));
    }
}
