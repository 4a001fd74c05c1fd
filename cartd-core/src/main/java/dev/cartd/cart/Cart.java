package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * A cart at one moment, as the store holds it.
 *
 * @param id its number, the name of its directory on the volume; greater than 0
 * @param uid the name that the client chose; of carts of Pacifica Cartd it may be any text
 * @param bundle whether its tar is made on disk (true) or computed while it is downloaded (false)
 * @param status its state
 * @param reason why it is in error, what it waits for, or that it is ready without a symlink; empty if there is nothing
 *     to say
 * @param bundlePath the absolute path of its tar or tree once it is or was ready; empty before
 * @param created when it was accepted
 * @param updated when it last changed or was used
 * @param ready when it first became ready; empty before, and for one that Pacifica Cartd made ready, which did not tell
 * @param readyLocal what the clock on the wall showed then, where it became ready; empty where that is not known
 * @param epoch the fencing token: raised each time a worker takes the cart up
 * @param progress how far it is
 * @param held the bytes that it takes on the volume for itself, as far as it has told; never more than it does
 * @param kept until when it is not evicted, as its client was promised; empty for no promise
 * @param standstill for how long it has come no further, and what it waits for
 * @param boot the boot of the machine under which files were recorded as staged that may not be on the medium yet;
 *     empty if all that are recorded are
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
        Optional<Instant> ready,
        Optional<LocalDateTime> readyLocal,
        long epoch,
        Progress progress,
        long held,
        Optional<Instant> kept,
        Standstill standstill,
        String boot) {
    /**
     * A {@link #boot} of no machine: nothing that is recorded as staged is to be trusted before it was hashed again.
     */
    public static final String UNPROVEN = "check";

    private static final Duration TAKEN_UP = Duration.ofSeconds(10);
    private static final String NO_WORKER = "none runs, all are busy, or none has the volume";

    /**
     * How far a cart is.
     *
     * @param files how many files it has
     * @param staged how many of them are on the volume, verified
     * @param bytes the size of all its files, or {@link CartFile#UNKNOWN} while one's is not known; of a bundled cart
     *     of Pacifica Cartd's the length of its tar
     * @param stagedBytes the size of those on the volume, and as many bytes as there are of those that are being
     *     pulled; never more than there are, and once all are staged the size of all
     */
    public record Progress(int files, int staged, long bytes, long stagedBytes) {}

    /**
     * Whether it is ready and Pacifica Cartd made it so: then its tar, if it has one on disk, is not laid out as
     * cartd's are.
     */
    public boolean isOriginals() {
        return status == CartStatus.READY && ready.isEmpty();
    }

    /** This cart in another state. */
    public Cart withStatus(CartStatus next) {
        return copy(next, progress, held, standstill, boot);
    }

    /** This cart, its files having been recorded under this boot; empty for durable ones. */
    public Cart recordedUnder(String newBoot) {
        return copy(status, progress, held, standstill, newBoot);
    }

    /** This cart, having come so far. */
    public Cart with(Progress newProgress) {
        return copy(status, newProgress, held, standstill, boot);
    }

    /** This cart, standing still like this. */
    public Cart with(Standstill newStandstill) {
        return copy(status, progress, held, newStandstill, boot);
    }

    /**
     * What it waits for at this moment; empty while it gets on, and once it is not in work any more. A cart that nobody
     * took up soon, or that no node has looked after for longer than two steps are apart, waits for a worker, whatever
     * it waited for before.
     */
    public Optional<Wait> waitsFor(Instant now) {
        if (!status.inWork()) {
            return Optional.empty();
        }
        Instant seen = standstill.counted().equals(Instant.EPOCH) ? created : standstill.counted();
        Duration most = status == CartStatus.WAITING ? TAKEN_UP : Standstill.GAP;
        boolean left = Duration.between(seen, now).compareTo(most) > 0;
        return left ? Optional.of(Wait.begins(Wait.Kind.WORKER, seen, NO_WORKER)) : standstill.waitsFor();
    }

    /**
     * What people are told about it, in one line: why it is in error; or, while it waits for something that is not its
     * own work, what that is, since when, how many files are here, and until when the wait takes at most. Empty if
     * there is nothing to say.
     */
    public String message(Instant now) {
        return waitsFor(now)
                .map(wait -> wait.sentence(now) + here() + ends(now))
                .orElse(reason);
    }

    private String here() {
        return progress.staged() == 0 && progress.files() <= 1
                ? ""
                : "; " + progress.staged() + " of " + progress.files() + " files are here";
    }

    private String ends(Instant now) {
        return waitsUntil(now)
                .map(until -> "; this ends at " + HumanText.utc(until, now) + " at the latest")
                .orElse("");
    }

    /** Until when {@link #waitsFor} takes at most if nodes work on it from now on; empty if it has no end by itself. */
    public Optional<Instant> waitsUntil(Instant now) {
        return waitsFor(now).filter(wait -> wait.limit().isPresent()).flatMap(wait -> standstill.until(now));
    }

    /** This cart, taking so many bytes. */
    public Cart holding(long bytes) {
        return copy(status, progress, bytes, standstill, boot);
    }

    private Cart copy(
            CartStatus newStatus, Progress newProgress, long newHeld, Standstill newStandstill, String newBoot) {
        return new Cart(
                id,
                uid,
                bundle,
                newStatus,
                reason,
                bundlePath,
                created,
                updated,
                ready,
                readyLocal,
                epoch,
                newProgress,
                newHeld,
                kept,
                newStandstill,
                newBoot);
    }
}
