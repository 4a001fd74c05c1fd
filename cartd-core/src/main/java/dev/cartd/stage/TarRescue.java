package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/** Copies what was verified out of an unfinished tar that somebody else, who is only paused, may still write to. */
record TarRescue(TarLayout layout, List<CartFile> files, Parts parts) implements Parts.Rescue {
    @Override
    public void copy(FileChannel from, FileChannel to) throws IOException {
        for (CartFile file : files) {
            if (file.status() == FileStatus.STAGED) {
                copy(from, to, layout.offset(file), file.size());
            }
        }
        for (CartFile file : files) {
            parts.drop(file.id()); // Its mark is about the one that was left.
        }
    }

    private static void copy(FileChannel from, FileChannel to, long at, long count) throws IOException {
        to.position(at);
        for (long done = 0; done < count; ) {
            long copied = from.transferTo(at + done, count - done, to);
            if (copied <= 0) {
                throw new IOException(
                        "the unfinished tar ends at byte " + (at + done) + ", before what was staged in it");
            }
            done += copied;
        }
    }
}
