package dev.cartd.cart;

import java.time.Instant;
import java.util.Optional;

/**
 * A cart at one moment, as the store holds it.
 *
 * @param id its number, the name of its directory on the volume; greater than 0
 * @param uid the name that the client chose; of carts of the original it may be any text
 * @param bundle whether its tar is made on disk (true) or computed while it is downloaded (false)
 * @param status its state
 * @param reason why it is in error, or what it waits for; empty if there is nothing to say
 * @param bundlePath the absolute path of its tar or tree once it is or was ready; empty before
 * @param created when it was accepted
 * @param updated when it last changed or was used
 * @param moved when work last brought it further: it was first taken up, files were recorded, or its state changed
 * @param ready when it first became ready; empty before, and for one that the original made ready, which did not tell
 * @param epoch the fencing token: raised each time a worker takes the cart up
 * @param progress how far it is
 * @param held the bytes that it takes on the volume for itself, as far as it has told; never more than it does
 * @param kept until when it is not evicted, as its client was promised; empty for no promise
 * @param away since when the archive cannot be reached for it; empty while it can
 * @param boot the boot of the machine under which files were recorded as staged that may not be on the medium yet; empty
 *     if all that are recorded are
 */
public record Cart(
        long id,
        String uid,
        boolean bundle,
        CartStatus status,
        String reason,
        String bundlePath,
        Instant created,
        Instant updated,
        Instant moved,
        Optional<Instant> ready,
        long epoch,
        Progress progress,
        long held,
        Optional<Instant> kept,
        Optional<Instant> away,
        String boot) {
    /** A {@link #boot} of no machine: nothing that is recorded as staged is to be trusted before it was hashed again. */
    public static final String UNPROVEN = "check";

    /**
     * How far a cart is.
     *
     * @param files how many files it has
     * @param staged how many of them are on the volume, verified
     * @param bytes the size of all its files, or {@link CartFile#UNKNOWN} while one's is not known; of a bundled cart of the
     *     original's the length of its tar
     * @param stagedBytes the size of those on the volume, and as many bytes as there are of those that are being pulled;
     *     never more than there are, and once all are staged the size of all
     */
    public record Progress(int files, int staged, long bytes, long stagedBytes) {}

    /** Whether it is ready and the original made it so: then its tar, if it has one on disk, is not laid out as cartd's are. */
    public boolean isOriginals() {
        return status == CartStatus.READY && ready.isEmpty();
    }

    /** This cart in another state. */
    public Cart in(CartStatus next) {
        return copy(next, progress, held, away, boot);
    }

    /** This cart, its files having been recorded under this boot; empty for durable ones. */
    public Cart recordedUnder(String newBoot) {
        return copy(status, progress, held, away, newBoot);
    }

    /** This cart, having come so far, its archive away since then (or not). */
    public Cart with(Progress newProgress, Optional<Instant> newAway) {
        return copy(status, newProgress, held, newAway, boot);
    }

    /** This cart, taking so many bytes. */
    public Cart holding(long bytes) {
        return copy(status, progress, bytes, away, boot);
    }

    private Cart copy(
            CartStatus newStatus, Progress newProgress, long newHeld, Optional<Instant> newAway, String newBoot) {
        return new Cart(
                id,
                uid,
                bundle,
                newStatus,
                reason,
                bundlePath,
                created,
                updated,
                moved,
                ready,
                epoch,
                newProgress,
                newHeld,
                kept,
                newAway,
                newBoot);
    }
}
