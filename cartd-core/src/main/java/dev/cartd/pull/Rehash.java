package dev.cartd.pull;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;

/**
 * Hashes files on the volume, whatever their recorded state: a file with the right hash becomes staged, and a staged
 * file with a wrong hash becomes lost. For the step's thread.
 */
public final class Rehash {
    private final StepContext context;
    private final ClaimedCart ledger;
    private final Parts parts;
    private final TarLayout layout;
    private final Hashing hashing;

    public Rehash(StepContext context, ClaimedCart ledger, Parts parts, TarLayout layout) {
        this.context = context;
        this.ledger = ledger;
        this.parts = parts;
        this.layout = layout;
        this.hashing = new Hashing(context, ledger);
    }

    /**
     * Hashes these files, which takes as long as reading them.
     *
     * @throws StepStopped if the claim was lost or the worker is closing
     * @throws IOException if the volume failed
     */
    public void run(int[] indexes) throws StepStopped, IOException {
        if (ledger.cart().bundle() && indexes.length > 0) {
            Part tar = parts.open(Volume.TAR);
            try {
                check(indexes, tar);
            } finally {
                parts.keep(Volume.TAR, tar);
            }
            return;
        }
        for (int i : indexes) {
            CartFile file = ledger.file(i);
            if (!context.volume().tree(ledger.cart()).has(file)) {
                judge(i, false);
                continue;
            }
            try (FileChannel channel = context.volume().tree(ledger.cart()).open(file)) {
                judge(i, channel.size() == file.size() && hashing.matches(file, channel, 0));
            } catch (NoSuchFileException e) {
                judge(i, false);
            }
        }
    }

    private void check(int[] indexes, Part tar) throws StepStopped, IOException {
        for (int i : indexes) {
            CartFile file = ledger.file(i);
            judge(i, tar.inherited() && hashing.matches(file, tar.channel(), layout.offset(file)));
        }
    }

    private void judge(int index, boolean good) throws StepStopped, IOException {
        CartFile file = ledger.file(index);
        boolean staged = file.status() == FileStatus.STAGED;
        if (staged && !good) {
            context.volume().requireThere();
        }
        if (good != staged) {
            ledger.set(index, good ? file.staged() : file.lost());
        }
        hashing.requireWanted();
    }
}
