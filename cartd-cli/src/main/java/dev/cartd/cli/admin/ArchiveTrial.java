package dev.cartd.cli.admin;

import dev.cartd.cart.Checksum;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Tries an archive step by step, until one fails. Safe for use by many threads if the listener is. */
final class ArchiveTrial {
    /** An id that no archive has. */
    private static final String MADE_UP = "cartd-check-archive/no-such-file";

    /** The most bytes of a file that are read. */
    private static final long MOST = 256 << 20;

    /** The most bytes that are read again from the middle on. */
    private static final int SAMPLE = 64 << 10;

    private static final int BUFFER = 64 << 10;

    /**
     * A step.
     *
     * @param name a word that says what was tried
     * @param right whether the archive did what it should
     * @param says what it did, in words
     */
    record Step(String name, boolean right, String says) {}

    private final Archive archive;
    private final Consumer<Step> listener;

    /** @param listener gets each step when it is done */
    ArchiveTrial(Archive archive, Consumer<Step> listener) {
        this.archive = archive;
        this.listener = listener;
    }

    /** Tries whether the archive is there and answers; returns whether it does. */
    boolean run() {
        return there() && answer();
    }

    /** Tries all that cartd does with this file; returns whether all went well. */
    boolean run(String id) {
        return there() && file(id);
    }

    private boolean there() {
        try {
            archive.check();
            return right("there", "nothing speaks against it");
        } catch (ArchiveException e) {
            return wrong("there", e.getMessage());
        }
    }

    private boolean answer() {
        try {
            archive.status(MADE_UP);
            return right("answer", "the archive answers");
        } catch (ArchiveException.Missing e) {
            return right("answer", "the archive answers: it does not have a file of a made-up id, which is right");
        } catch (ArchiveException e) {
            return wrong("answer", "asked for a file of a made-up id: " + e.getMessage());
        }
    }

    private boolean file(String id) {
        Archive.Found file;
        try {
            file = archive.status(id);
        } catch (ArchiveException e) {
            return wrong("status", e.getMessage());
        }
        right("status", text(file));
        return switch (file.medium()) {
            case DISK -> read(id, file.size());
            case TAPE -> stage(id);
            case ERROR -> wrong("stage", "the archive cannot read the file any more");
        };
    }

    private static String text(Archive.Found file) {
        return "the file has " + file.size() + " bytes, was modified "
                + HumanText.moment(Instant.ofEpochSecond(file.mtime())) + ", and is "
                + (file.medium() == Archive.Medium.DISK ? "on disk" : "not on disk");
    }

    private boolean stage(String id) {
        try {
            archive.stage(id);
            return right("stage", "the archive was asked to bring the file to disk; check again later");
        } catch (ArchiveException e) {
            return wrong("stage", e.getMessage());
        }
    }

    private boolean read(String id, long size) {
        long most = Math.min(size, MOST);
        int from = (int) (most / 2);
        byte[] sample = new byte[(int) Math.min(SAMPLE, most - from)];
        return pull(id, size, from, sample) && (from == 0 || resume(id, size, from, sample));
    }

    /** Reads the file from its first byte on, and keeps the bytes from {@code from} on as the sample. */
    private boolean pull(String id, long size, int from, byte[] sample) {
        MessageDigest digest = Checksum.sha256();
        long read = 0;
        try (InputStream in = archive.pull(id, 0, size)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = read < MOST ? in.read(buffer) : -1) {
                digest.update(buffer, 0, count);
                keep(buffer, count, read - from, sample);
                read += count;
            }
        } catch (ArchiveException | IOException e) {
            return wrong("pull", reason(e) + ", after " + read + " of " + size + " bytes");
        }
        if (read < MOST && read != size) {
            return wrong("pull", read + " bytes came, not " + size);
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        return right(
                "pull", read == size ? "all bytes came; their sha256 is " + hash : "the first " + read + " bytes came");
    }

    /** Copies into the sample those of the bytes that belong there; the first has this place in it, or before it. */
    private static void keep(byte[] bytes, int count, long at, byte[] sample) {
        int begin = (int) Math.max(0, Math.min(sample.length, at));
        int end = (int) Math.max(begin, Math.min(sample.length, at + count));
        System.arraycopy(bytes, begin == end ? 0 : (int) (begin - at), sample, begin, end - begin);
    }

    private boolean resume(String id, long size, int from, byte[] sample) {
        try (InputStream in = archive.pull(id, from, size)) {
            return Arrays.equals(in.readNBytes(sample.length), sample)
                    ? right("resume", "from byte " + from + " on the same bytes came")
                    : wrong("resume", "from byte " + from + " on other bytes came: a pull that was cut cannot go on");
        } catch (ArchiveException | IOException e) {
            return wrong("resume", "a pull that was cut cannot go on: " + reason(e));
        }
    }

    /** The words of a stream that broke; those of many libraries have none. */
    private static String reason(Exception e) {
        return e instanceof IOException failure ? FailureText.of(failure) : String.valueOf(e.getMessage());
    }

    private boolean right(String name, String says) {
        listener.accept(new Step(name, true, says));
        return true;
    }

    private boolean wrong(String name, String says) {
        listener.accept(new Step(name, false, says));
        return false;
    }
}
