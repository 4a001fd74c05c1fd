package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A file of a cart that is open for writing; this class itself is for a file in a tar. For one thread at a time. */
public class OpenFile {
    final CartFile file;
    private final Part bytes;
    private final long offset;
    private final Parts parts;
    private final @Nullable Part kept;
    private final @Nullable ResumePoint resumePoint;

    /**
     * @param bytes the part with the bytes of the file, from {@code offset} on
     * @param kept the part with the resume point of the file, at {@code at}; kept for a later attempt. Null if there is
     *     no resume point
     */
    OpenFile(CartFile file, Part bytes, long offset, Parts parts, @Nullable Part kept, long at) {
        this.file = file;
        this.bytes = bytes;
        this.offset = offset;
        this.parts = parts;
        this.kept = kept;
        this.resumePoint = kept == null ? null : new ResumePoint(kept.channel(), at);
    }

    /** Where the bytes of the file are written, from {@link #offset} on. */
    public final FileChannel channel() {
        return bytes.channel();
    }

    /** The position of the file's first byte in the channel. */
    public final long offset() {
        return offset;
    }

    /** How many bytes an earlier attempt left, right or wrong; empty if that is not known. */
    public OptionalLong left() throws IOException {
        long position = resumePoint != null && bytes.hasEarlierBytes() ? resumePoint.position() : 0;
        return position == 0 ? OptionalLong.empty() : OptionalLong.of(position);
    }

    /** Notes that the bytes up to this position of the file are written. */
    public void written(long position) throws IOException {
        if (resumePoint != null) {
            resumePoint.note(position);
        }
    }

    /**
     * Completes the file, once its hash is right.
     *
     * @throws CartWriter.Impossible if the volume can never hold it
     * @throws IOException if the volume failed
     */
    public void commit() throws IOException, CartWriter.Impossible {}

    /**
     * Closes the file, and keeps what is not complete for a later attempt.
     *
     * @param wrong whether the bytes that are written turned out to be wrong, so that nothing may resume after them
     */
    public void close(boolean wrong) throws IOException {
        if (kept != null && resumePoint != null) {
            try {
                if (wrong) {
                    resumePoint.note(0);
                }
            } finally {
                parts.keep(file.id(), kept);
            }
        }
    }
}
