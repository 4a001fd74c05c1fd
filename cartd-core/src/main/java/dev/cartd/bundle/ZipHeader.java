package dev.cartd.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Makes the parts of a zip that are not the data of a file, as APPNOTE 6.3 describes them: the header before each
 * member, its entry in the directory at the end, and the end. Only names, sizes, times and CRC-32s go into them, so
 * that every machine makes the same bytes. Numbers that do not fit into 16 or 32 bits go into the fields of zip64, and
 * only these.
 */
final class ZipHeader {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;

    private static final int LOCAL_LENGTH = 30;
    private static final int CENTRAL_LENGTH = 46;
    private static final int END_LENGTH = 22;
    private static final int END_64_LENGTH = 56;
    private static final int LOCATOR_64_LENGTH = 20;
    private static final int EXTRA_LENGTH = 4;

    private static final short PLAIN_VERSION = 20;
    private static final short ZIP64_VERSION = 45;
    /** Of the program that made the zip: a Unix, so that the external attributes have a Unix mode. */
    private static final short MADE_BY = (3 << 8) | ZIP64_VERSION;

    private static final short UTF_8 = 1 << 11;
    private static final short STORED = 0;
    private static final short ZIP64 = 0x0001;
    private static final short TIMES = 0x5455;
    private static final int TIMES_LENGTH = 5;
    private static final byte MTIME = 1;

    private static final int FILE_MODE = 0100644 << 16;
    private static final int DIRECTORY_MODE = (040755 << 16) | 0x10;

    private static final long MAX_32 = 0xffff_ffffL;
    private static final int MAX_16 = 0xffff;

    private static final LocalDateTime FIRST = LocalDateTime.of(1980, 1, 1, 0, 0, 0);
    private static final LocalDateTime LAST = LocalDateTime.of(2107, 12, 31, 23, 59, 58);

    private ZipHeader() {}

    /** The length of {@link #local}, computed without making it. */
    static int localLength(String name, Member member) {
        return LOCAL_LENGTH + Utf8.length(name) + timesLength(member) + zip64Length(localFields(member));
    }

    /** The length of {@link #central}, computed without making it. */
    static int centralLength(String name, Member member, long start) {
        return CENTRAL_LENGTH + Utf8.length(name) + timesLength(member) + zip64Length(centralFields(member, start));
    }

    /** The length of {@link #end}, computed without making it. */
    static int endLength(int members, long start, long end) {
        return END_LENGTH + (needs64(members, start, end) ? END_64_LENGTH + LOCATOR_64_LENGTH : 0);
    }

    /** The header before the data of a member. */
    static byte[] local(String name, Member member) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int fields = localFields(member);
        byte[] header = new byte[localLength(name, member)];
        ByteBuffer to = buffer(header).putInt(LOCAL);
        putCommon(to, member, text, fields);
        to.put(text);
        putTimes(to, member);
        if (fields > 0) {
            to.putShort(ZIP64).putShort((short) (fields * Long.BYTES));
            to.putLong(member.size()).putLong(member.size());
        }
        return header;
    }

    /**
     * The entry of a member in the directory at the end.
     *
     * @param start the position of the member's {@link #local} header
     */
    static byte[] central(String name, Member member, long start) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int fields = centralFields(member, start);
        byte[] header = new byte[centralLength(name, member, start)];
        ByteBuffer to = buffer(header).putInt(CENTRAL).putShort(MADE_BY);
        putCommon(to, member, text, fields);
        to.putShort((short) 0).putShort((short) 0).putShort((short) 0); // no comment, the first disk, no text
        to.putInt(member instanceof Member.Directory ? DIRECTORY_MODE : FILE_MODE);
        to.putInt(low(start)).put(text);
        putTimes(to, member);
        if (fields > 0) {
            to.putShort(ZIP64).putShort((short) (fields * Long.BYTES));
            if (isLarge(member.size())) {
                to.putLong(member.size()).putLong(member.size());
            }
            if (isLarge(start)) {
                to.putLong(start);
            }
        }
        return header;
    }

    /**
     * The end of the zip.
     *
     * @param members the number of entries in the directory
     * @param start the position of the directory
     * @param end the position after it
     */
    static byte[] end(int members, long start, long end) {
        byte[] header = new byte[endLength(members, start, end)];
        ByteBuffer to = buffer(header);
        long length = end - start;
        if (needs64(members, start, end)) {
            to.putInt(END_64).putLong(END_64_LENGTH - Integer.BYTES - Long.BYTES);
            to.putShort(MADE_BY).putShort(ZIP64_VERSION).putInt(0).putInt(0);
            to.putLong(members).putLong(members).putLong(length).putLong(start);
            to.putInt(LOCATOR_64).putInt(0).putLong(end).putInt(1);
        }
        short count = (short) Math.min(members, MAX_16);
        to.putInt(END).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
        to.putInt(low(length)).putInt(low(start)).putShort((short) 0);
        return header;
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The fields that both headers of a member have, from the version that is needed to the length of the extras. */
    private static void putCommon(ByteBuffer to, Member member, byte[] name, int fields) {
        LocalDateTime time = dosTime(member.mtime());
        to.putShort(fields > 0 ? ZIP64_VERSION : PLAIN_VERSION).putShort(UTF_8).putShort(STORED);
        to.putShort((short) ((time.getHour() << 11) | (time.getMinute() << 5) | (time.getSecond() / 2)));
        to.putShort((short) (((time.getYear() - 1980) << 9) | (time.getMonthValue() << 5) | time.getDayOfMonth()));
        to.putInt((int) member.crc()).putInt(low(member.size())).putInt(low(member.size()));
        to.putShort((short) name.length).putShort((short) (timesLength(member) + zip64Length(fields)));
    }

    /** Most programs take this time for one of their own zone, and the other one, if they know it, for what it is. */
    private static LocalDateTime dosTime(long mtime) {
        long seconds =
                Math.max(FIRST.toEpochSecond(ZoneOffset.UTC), Math.min(mtime, LAST.toEpochSecond(ZoneOffset.UTC)));
        return LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    }

    private static void putTimes(ByteBuffer to, Member member) {
        if (timesLength(member) > 0) {
            to.putShort(TIMES).putShort((short) TIMES_LENGTH).put(MTIME).putInt((int) member.mtime());
        }
    }

    /** A time that does not fit into 32 bits is left out: then the other one is all that there is. */
    private static int timesLength(Member member) {
        return member.mtime() == (int) member.mtime() ? EXTRA_LENGTH + TIMES_LENGTH : 0;
    }

    private static int zip64Length(int fields) {
        return fields == 0 ? 0 : EXTRA_LENGTH + fields * Long.BYTES;
    }

    private static int localFields(Member member) {
        return isLarge(member.size()) ? 2 : 0;
    }

    private static int centralFields(Member member, long start) {
        return localFields(member) + (isLarge(start) ? 1 : 0);
    }

    private static boolean needs64(int members, long start, long end) {
        return members >= MAX_16 || isLarge(start) || isLarge(end - start);
    }

    private static boolean isLarge(long value) {
        return value >= MAX_32;
    }

    private static int low(long value) {
        return (int) Math.min(value, MAX_32);
    }
}
