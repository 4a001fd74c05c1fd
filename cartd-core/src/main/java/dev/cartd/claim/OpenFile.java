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
    private final @Nullable Part marked;
    private final @Nullable ResumeMark mark;

    /**
     * @param bytes the part with the bytes of the file, from {@code offset} on
     * @param marked the part with the mark of the file, at {@code at}; kept for a later attempt. Null if there is no
     *     mark
     */
    OpenFile(CartFile file, Part bytes, long offset, Parts parts, @Nullable Part marked, long at) {
        this.file = file;
        this.bytes = bytes;
        this.offset = offset;
        this.parts = parts;
        this.marked = marked;
        this.mark = marked == null ? null : new ResumeMark(marked.channel(), at);
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
        long position = mark != null && bytes.inherited() ? mark.position() : 0;
        return position == 0 ? OptionalLong.empty() : OptionalLong.of(position);
    }

    /** Notes that the bytes up to this position of the file are written. */
    public void written(long position) throws IOException {
        if (mark != null) {
            mark.note(position);
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
        if (marked != null && mark != null) {
            try {
                if (wrong) {
                    mark.note(0);
                }
            } finally {
                parts.keep(file.id(), marked);
            }
        }
    }
}
