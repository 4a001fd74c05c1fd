package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Wait;
import dev.cartd.system.Elapsed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Reads what lies on the volume, for as long as that takes, but no longer than the claim holds: it ends within a second
 * or so when the cart is deleted or another's, or the context is closed. For the thread of the ledger.
 */
final class Hashing {
    private static final Duration TELL_EVERY = Duration.ofMillis(500);

    private final StepContext context;
    private final ClaimedCart ledger;
    private final Elapsed told;

    Hashing(StepContext context, ClaimedCart ledger) {
        this.context = context;
        this.ledger = ledger;
        this.told = new Elapsed(context.clock());
    }

    /** Whether the file's bytes are there, from {@code base} on. */
    boolean matches(CartFile file, FileChannel channel, long base) throws StepStopped, IOException {
        MessageDigest digest = file.checksum().newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(
                (int) Math.max(1, Math.min(context.settings().buffer(), file.size())));
        for (long position = 0; position < file.size(); position += buffer.position()) {
            ledger.waitFor(Wait.Kind.HASHING, "file " + file.path());
            requireWanted();
            buffer.clear().limit((int) Math.min(buffer.capacity(), file.size() - position));
            if (channel.read(buffer, base + position) <= 0) {
                return false;
            }
            digest.update(buffer.array(), 0, buffer.position());
        }
        return HexFormat.of().formatHex(digest.digest()).equals(file.checksum().value());
    }

    /** To be called often: fails when what is done is not wanted any more. */
    void requireWanted() throws StepStopped {
        if (context.closing().getAsBoolean()) {
            throw StepStopped.quietly();
        }
        if (told.reached(TELL_EVERY)) {
            ledger.save();
            told.restart();
        }
    }
}
