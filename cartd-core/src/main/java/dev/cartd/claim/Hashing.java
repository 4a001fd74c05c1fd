package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Wait;
import dev.cartd.system.Elapsed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * Hashes files on the volume. This may take long, so twice a second the claim is checked and changes are recorded;
 * hashing ends with {@link StepStopped} within a second or so after the claim was lost or the worker was closed. For
 * the step's thread.
 */
final class Hashing {
    private static final Duration SAVE_EVERY = Duration.ofMillis(500);

    private final StepContext context;
    private final ClaimedCart claimed;
    private final Elapsed sinceSave;
    private final CRC32 crc = new CRC32();

    Hashing(StepContext context, ClaimedCart claimed) {
        this.context = context;
        this.claimed = claimed;
        this.sinceSave = context.clock().measure();
    }

    /** Whether the bytes of the channel from {@code base} on have the file's hash. */
    boolean matches(CartFile file, FileChannel channel, long base) throws StepStopped, IOException {
        MessageDigest digest = file.checksum().newDigest();
        crc.reset();
        ByteBuffer buffer = ByteBuffer.allocate(
                (int) Math.max(1, Math.min(context.settings().buffer(), file.size())));
        claimed.waitFor(Wait.Kind.HASHING, "file " + file.path());
        for (long position = 0; position < file.size(); position += buffer.position()) {
            requireWanted();
            buffer.clear().limit((int) Math.min(buffer.capacity(), file.size() - position));
            if (channel.read(buffer, base + position) <= 0) {
                return false;
            }
            digest.update(buffer.array(), 0, buffer.position());
            crc.update(buffer.array(), 0, buffer.position());
        }
        return HexFormat.of().formatHex(digest.digest()).equals(file.checksum().value());
    }

    /** The CRC-32 of the last file for which {@link #matches} returned true. */
    long crc() {
        return crc.getValue();
    }

    /**
     * Throws if the worker is closing or the claim is lost. To be called often: asks the store at most twice a second.
     */
    void requireWanted() throws StepStopped {
        if (context.closing().getAsBoolean()) {
            throw StepStopped.quietly();
        }
        if (sinceSave.reached(SAVE_EVERY)) {
            claimed.save();
            sinceSave.restart();
        }
    }
}
