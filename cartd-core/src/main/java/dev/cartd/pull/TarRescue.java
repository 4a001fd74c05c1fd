package dev.cartd.pull;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Copies the staged files out of an unfinished tar that an earlier step's process, if it is only paused, may still
 * write to. Each copy is hashed; a file whose copy is wrong becomes lost. For the step's thread.
 */
public final class TarRescue implements Parts.Rescue<StepStopped> {
    /** The bytes that are copied between two checks of the claim. */
    private static final long CHUNK = 8 << 20;

    private final ClaimedCart ledger;
    private final TarLayout layout;
    private final Hashing hashing;

    public TarRescue(StepContext context, ClaimedCart ledger, TarLayout layout) {
        this.ledger = ledger;
        this.layout = layout;
        this.hashing = new Hashing(context, ledger);
    }

    @Override
    public void copy(FileChannel from, FileChannel to) throws IOException, StepStopped {
        int[] staged = ledger.where(file -> file.status() == FileStatus.STAGED).toArray();
        for (int i : staged) {
            CartFile file = ledger.file(i);
            if (!copy(file, from, to) || !hashing.matches(file, to, layout.offset(file))) {
                ledger.set(i, file.lost());
            }
        }
    }

    private boolean copy(CartFile file, FileChannel from, FileChannel to) throws IOException, StepStopped {
        long at = layout.offset(file);
        long end = at + file.size();
        to.position(at);
        while (at < end) {
            hashing.requireWanted();
            long copied = from.transferTo(at, Math.min(CHUNK, end - at), to);
            if (copied <= 0) {
                return false;
            }
            at += copied;
        }
        return true;
    }
}
