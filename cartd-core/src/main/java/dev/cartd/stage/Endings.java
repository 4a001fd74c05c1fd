package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartForm;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.Deadlines;
import dev.cartd.claim.Reservation;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * How steps end: each method records what became of the cart, and returns the pause before its next step; empty if it
 * needs none. Safe for use by many threads.
 */
final class Endings {
    private static final System.Logger LOG = System.getLogger(Endings.class.getName());

    private final StepContext context;
    private final Deadlines deadlines;
    private final LongConsumer wake;
    private final Consumer<Cart> onEnd;
    private final NextNumber nextNumber;

    /**
     * @param wake schedules a step for a cart number, soon
     * @param onEnd called with each cart that became ready or failed: its claim, with the new state and the reason
     */
    Endings(StepContext context, Deadlines deadlines, LongConsumer wake, Consumer<Cart> onEnd) {
        this.context = context;
        this.deadlines = deadlines;
        this.wake = wake;
        this.onEnd = onEnd;
        this.nextNumber = new NextNumber(context.store(), context.volume(), wake);
    }

    /** The cart is ready, with this remark. */
    void ready(Cart cart, String remark) {
        LOG.log(System.Logger.Level.INFO, "cart {0} ({1}) is ready", Long.toString(cart.id()), cart.uid());
        onEnd.accept(cart.ended(CartStatus.READY, remark));
    }

    /** The cart needs no further step; carts in the room queue are woken. */
    Optional<Duration> ended() {
        wakeRoomQueue();
        return Optional.empty();
    }

    /** See {@link CartWorker#wakeRoomQueue}. */
    void wakeRoomQueue() {
        try {
            context.space().toWake().forEach(wake::accept);
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "carts in the room queue were not woken, they ask again later: {0}", e);
        }
    }

    /** The step stopped before the cart was whole: it failed, has no room, needs another number or is lost. */
    Optional<Duration> stopped(ClaimedCart claimed, StepStopped why) {
        if (why.isFull()) {
            return full(claimed);
        }
        if (why.isBarred()) {
            return barred(claimed, why.reason());
        }
        try {
            claimed.save();
        } catch (StepStopped e) {
            return Optional.of(Duration.ZERO); // The claim is lost: the next step finds out what became of the cart.
        }
        return why.isFailure() && fail(claimed.cart(), why.reason()) ? ended() : Optional.of(Duration.ZERO);
    }

    /**
     * Something else has the path of the cart: an equal cart with another number takes its place, if there can be one.
     */
    private Optional<Duration> barred(ClaimedCart claimed, String reason) {
        boolean ended;
        try {
            ended = nextNumber.make(claimed, reason);
        } catch (CartException.Invalid e) {
            ended = fail(claimed.cart(), reason);
        }
        return ended ? ended() : Optional.of(Duration.ZERO);
    }

    /** The files of the cart could not be written. */
    Optional<Duration> failedToWrite(CartForm form, IOException e) {
        ClaimedCart claimed = form.claimed();
        try {
            claimed.save();
        } catch (StepStopped lost) {
            return Optional.of(Duration.ZERO);
        }
        return new Reservation(context, form).isVolumeFull() ? full(claimed) : volumeFailed(claimed.cart(), e);
    }

    /** The volume is full despite the reservation: the cart gives it back and goes to the end of the room queue. */
    private Optional<Duration> full(ClaimedCart claimed) {
        Cart cart = claimed.cart();
        try {
            claimed.save();
        } catch (StepStopped e) {
            return Optional.of(Duration.ZERO);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "cart {0} ({1}) waits, the volume is full: another program took the room that was reserved for it",
                Long.toString(cart.id()),
                cart.uid());
        context.space().giveBack(cart);
        return Optional.of(context.shortestPause());
    }

    /** The volume could not be read or written. */
    Optional<Duration> volumeFailed(Cart cart, IOException e) {
        if (context.volume().mark().problem().isPresent()) {
            // Not counted against the patience of the cart. VolumeWatch logs that the volume is away.
            return Optional.of(context.shortestPause());
        }
        context.volumeFails(e);
        String why = FailureText.of(e);
        return retryOrFail(
                cart,
                Wait.Kind.VOLUME,
                why,
                "The volume could not be used for "
                        + HumanText.duration(context.settings().patience()) + " (" + why + ")");
    }

    /** The memory of this process does not suffice for the cart. */
    Optional<Duration> lacksMemory(Cart cart, String lack) {
        String reason = "The server has no memory for the cart: " + lack + "; start it with a larger heap";
        return retryOrFail(cart, Wait.Kind.MEMORY, lack, reason)
                .map(pause -> pause.compareTo(WorkMemory.RETRY) < 0 ? pause : WorkMemory.RETRY);
    }

    /** A defect of cartd, or an unexpected failure of the volume. */
    Optional<Duration> unexpected(Cart cart, RuntimeException e) {
        String what = "cart " + cart.id() + " (" + cart.uid() + "): a step failed unexpectedly";
        LOG.log(System.Logger.Level.ERROR, what, e);
        return retryOrFail(cart, Wait.Kind.DEFECT, e.toString(), "Internal error: " + e);
    }

    /**
     * Makes the cart wait, and its step run again after a pause. Once the wait has reached its limit, a cart in work
     * fails; the removal of a deleted cart is tried without end.
     */
    Optional<Duration> retryOrFail(Cart cart, Wait.Kind kind, String detail, String reason) {
        Standstill counted = cart.standstill().count(context.clock().instant());
        Cart waiting =
                cart.with(deadlines.wait(counted, kind, detail, context.clock().instant()));
        Wait wait = waiting.standstill().waitsFor().orElseThrow();
        if (cart.status().inWork() && wait.isOver() && fail(cart, reason)) {
            return ended();
        }
        context.store().record(waiting, List.of());
        return Optional.of(context.pauseAfter(wait.waited()));
    }

    /**
     * Moves the cart to error.
     *
     * @return false if the cart is no longer this step's
     */
    private boolean fail(Cart cart, String reason) {
        boolean ended = context.store().move(cart, CartStatus.ERROR, reason, "");
        if (ended) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cart {0} ({1}) failed: {2}",
                    Long.toString(cart.id()),
                    cart.uid(),
                    reason);
            onEnd.accept(cart.ended(CartStatus.ERROR, reason));
        }
        return ended;
    }
}
