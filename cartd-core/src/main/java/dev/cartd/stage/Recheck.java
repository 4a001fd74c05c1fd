package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Hashes files where they lie, whatever their record says of them: those that match are staged, and those that do not are
 * lost if they were.
 */
final class Recheck {
    private final CartWorker worker;
    private final Ledger ledger;
    private final Parts parts;
    private final TarLayout layout;

    Recheck(CartWorker worker, Ledger ledger, Parts parts, TarLayout layout) {
        this.worker = worker;
        this.ledger = ledger;
        this.parts = parts;
        this.layout = layout;
    }

    /** Takes as long as it takes to read the files; between them the store is asked whether the cart is still ours. */
    void run(int[] indexes) throws Stopped, IOException {
        if (ledger.cart().bundle() && indexes.length > 0) {
            Part tar = parts.open(Volume.TAR, new TarRescue(layout, ledger.files(), parts));
            try {
                check(indexes, tar);
            } finally {
                parts.keep(Volume.TAR, tar);
            }
            return;
        }
        for (int i : indexes) {
            CartFile file = ledger.file(i);
            if (!worker.volume.has(ledger.cart(), file)) {
                judge(i, false);
                continue;
            }
            try (FileChannel channel = worker.volume.open(ledger.cart(), file)) {
                judge(i, channel.size() == file.size() && matches(file, channel, 0));
            } catch (NoSuchFileException e) {
                judge(i, false);
            }
        }
    }

    private void check(int[] indexes, Part tar) throws Stopped, IOException {
        for (int i : indexes) {
            CartFile file = ledger.file(i);
            judge(i, tar.inherited() && matches(file, tar.channel(), layout.offset(file)));
        }
    }

    private void judge(int index, boolean good) throws Stopped {
        CartFile file = ledger.file(index);
        boolean staged = file.status() == FileStatus.STAGED;
        if (good != staged) {
            ledger.set(index, good ? file.staged() : file.lost());
        }
        if (worker.closing()) {
            throw Stopped.quietly();
        }
    }

    private boolean matches(CartFile file, FileChannel channel, long base) throws Stopped, IOException {
        MessageDigest digest = file.checksum().newDigest();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(1, Math.min(worker.settings.buffer(), file.size())));
        for (long position = 0; position < file.size(); position += buffer.position()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), file.size() - position));
            if (channel.read(buffer, base + position) <= 0) {
                return false;
            }
            digest.update(buffer.array(), 0, buffer.position());
            tellNowAndThen();
        }
        return HexFormat.of().formatHex(digest.digest()).equals(file.checksum().value());
    }

    private long toldAt = System.nanoTime();

    private void tellNowAndThen() throws Stopped {
        if (System.nanoTime() - toldAt > 1_000_000_000L) {
            ledger.tell();
            toldAt = System.nanoTime();
        }
    }
}
