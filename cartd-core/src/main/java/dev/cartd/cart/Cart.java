package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A cart at one moment, as the store recorded it. Immutable, so safe for use by many threads. No method of it throws.
 *
 * @param id its number, also the name of its directory on the volume; greater than 0
 * @param uid the name that the client chose; for a cart of Pacifica Cartd it may be any text
 * @param bundle whether its tar is made on disk (true) or computed while it is downloaded (false)
 * @param status its state
 * @param reason why it is in error or was evicted, what it waits for, or that it is ready without a symlink; empty if
 *     there is nothing to say
 * @param bundlePath the absolute path of its tar or tree if it is or was ready; empty before
 * @param created when it was accepted
 * @param updated when it last changed or was used
 * @param ready when it first became ready; empty before, and for a cart that Pacifica Cartd made ready, which did not
 *     record that
 * @param readyLocal the local time of the node on which it first became ready; empty if that is not known
 * @param epoch the fencing token: raised each time a worker claims the cart
 * @param progress how many of its files and bytes are staged
 * @param held the bytes that it holds on the volume, as far as recorded; never more than it really holds. Shared bytes
 *     count for the cart that they were pulled for
 * @param kept until when its client was promised that it is not evicted; empty for no promise
 * @param standstill for how long it has made no progress, and what it waits for
 * @param durability how certain it is that the bytes of its staged files are on the medium
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
        Durability durability) {
    private static final Duration TAKEN_UP = Duration.ofSeconds(10);
    private static final String NO_WORKER = "none runs, all are busy, or none has the volume";

    /**
     * How many files and bytes of a cart are staged.
     *
     * @param files how many files the cart has
     * @param staged how many of them are on the volume and verified
     * @param bytes the bytes of all its files; empty while the size of one is not known; for a bundled cart of
     *     Pacifica Cartd the length of its tar
     * @param stagedBytes the bytes of its staged files, and the bytes so far of files that are being pulled; never more
     *     than are on the volume; equal to {@code bytes} once all files are staged
     */
    public record Progress(int files, int staged, OptionalLong bytes, long stagedBytes) {
        /** The progress of a cart whose files all have a known size. */
        public Progress(int files, int staged, long bytes, long stagedBytes) {
            this(files, staged, OptionalLong.of(bytes), stagedBytes);
        }

        /** The progress of a cart that has a file of unknown size. */
        public static Progress ofUnknownSize(int files, int staged, long stagedBytes) {
            return new Progress(files, staged, OptionalLong.empty(), stagedBytes);
        }
    }

    /** The program that staged the files of a cart. */
    public enum Origin {
        /** Cartd: each file was verified by its hash, and its size and time are recorded. */
        CARTD,
        /** Pacifica Cartd, whose work cartd has not verified. A tar of its is laid out in its own way. */
        PACIFICA
    }

    /** The program that staged what the cart has on the volume; cartd if it has nothing there. */
    public Origin origin() {
        boolean ours = status == CartStatus.READY ? ready.isPresent() : status == CartStatus.WAITING || epoch > 0;
        return ours ? Origin.CARTD : Origin.PACIFICA;
    }

    /** This cart with another state. */
    public Cart withStatus(CartStatus next) {
        return copy(next, reason, progress, held, standstill, durability);
    }

    /** This cart with another state and its reason. */
    public Cart ended(CartStatus next, String newReason) {
        return copy(next, newReason, progress, held, standstill, durability);
    }

    /** This cart with another {@code durability}. */
    public Cart with(Durability newDurability) {
        return copy(status, reason, progress, held, standstill, newDurability);
    }

    /** This cart with another {@code progress}. */
    public Cart with(Progress newProgress) {
        return copy(status, reason, newProgress, held, standstill, durability);
    }

    /** This cart with another {@code standstill}. */
    public Cart with(Standstill newStandstill) {
        return copy(status, reason, progress, held, newStandstill, durability);
    }

    /**
     * What the cart waits for at {@code now}; empty while it makes progress, and when it is not in work. A cart waits
     * for a worker, whatever it waited for before, if no worker claimed it within 10 seconds after it was accepted, or
     * if no worker has looked after it for longer than {@link Standstill#GAP}.
     */
    public Optional<Wait> waitsFor(Instant now) {
        if (!status.inWork()) {
            return Optional.empty();
        }
        Instant seen = standstill.counted().equals(Instant.EPOCH) ? created : standstill.counted();
        Duration most = status == CartStatus.WAITING ? TAKEN_UP : Standstill.GAP;
        boolean abandoned = Duration.between(seen, now).compareTo(most) > 0;
        return abandoned ? Optional.of(Wait.begins(Wait.Kind.WORKER, seen, NO_WORKER)) : standstill.waitsFor();
    }

    /**
     * A message about the cart for people, in one line. While the cart waits, the message says what it waits for, since
     * when, how many files are staged, and when the wait ends at the latest. Otherwise it is the {@code reason}, which
     * may be empty.
     */
    public String message(Instant now) {
        return waitsFor(now)
                .map(wait -> wait.sentence(now) + stagedSoFar() + latestEnd(now))
                .orElse(reason);
    }

    private String stagedSoFar() {
        return progress.staged() == 0 && progress.files() <= 1
                ? ""
                : "; " + progress.staged() + " of " + progress.files() + " files are here";
    }

    private String latestEnd(Instant now) {
        return waitsUntil(now)
                .map(until -> "; this ends at " + HumanText.utc(until, now) + " at the latest")
                .orElse("");
    }

    /**
     * When the wait that {@link #waitsFor} returns ends at the latest, if nodes work on the cart from now on; empty if
     * the cart does not wait, or the wait has no limit.
     */
    public Optional<Instant> waitsUntil(Instant now) {
        return waitsFor(now).filter(wait -> wait.limit().isPresent()).flatMap(wait -> standstill.until(now));
    }

    /** This cart with another {@code held}. */
    public Cart holding(long bytes) {
        return copy(status, reason, progress, bytes, standstill, durability);
    }

    private Cart copy(
            CartStatus newStatus,
            String newReason,
            Progress newProgress,
            long newHeld,
            Standstill newStandstill,
            Durability newDurability) {
        return new Cart(
                id,
                uid,
                bundle,
                newStatus,
                newReason,
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
                newDurability);
    }
}
