package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartForm;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.Deadlines;
import dev.cartd.claim.Reservation;
import dev.cartd.claim.StageSettings;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.limit.RequestLimit;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import dev.cartd.system.Timeline;
import dev.cartd.upkeep.NewestLink;
import dev.cartd.volume.Overtaken;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeNotThere;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Runs the steps of carts. A step claims one cart and does for it all that can be done now, on the calling thread and
 * the threads of the {@link RequestLimit}; no request that writes for the cart outlives the step, unless it hangs while
 * the worker is closing. Safe for use by many threads, as long as each cart has one step at a time.
 */
public final class CartWorker implements Scheduler.Step, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CartWorker.class.getName());

    private final StepContext context;
    private final WatchedArchive archive;
    private final CartStore store;
    private final Volume volume;
    private final VolumeWatch watch;
    private final Timeline clock;
    private final Space space;
    private final LongConsumer wake;
    private final NewestLink links;
    private final NextNumber nextNumber;
    private final Deadlines deadlines;
    private final WorkMemory memory;
    private final Consumer<Cart> onEnd;
    private volatile boolean closing;

    /**
     * A worker that stages the carts of this store from this archive to this volume. Closing the worker closes none of
     * its arguments.
     *
     * @param wake schedules a step for a cart number, soon
     * @param shares this node's shares of the requests that the archive can take
     * @param onEnd called with each cart that became ready or failed, on the thread of its step: its claim, with the new
     *     state and the reason
     */
    public CartWorker(
            Archive archive,
            CartStore store,
            Volume volume,
            VolumeWatch watch,
            Space space,
            LongConsumer wake,
            RequestShares shares,
            Timeline clock,
            StageSettings settings,
            Memory memory,
            Consumer<Cart> onEnd) {
        this.onEnd = onEnd;
        this.store = store;
        this.volume = volume;
        this.watch = watch;
        this.space = space;
        this.wake = wake;
        this.clock = clock;
        this.links = new NewestLink(store, volume);
        this.archive = new WatchedArchive(archive, this::closing, clock);
        this.context = new StepContext(
                this.archive,
                store,
                volume,
                space,
                new RequestLimit(settings.maxRequests(), shares, clock),
                settings,
                clock,
                this::closing,
                new Outage(
                        Duration.ZERO, clock, new OutageLog(Wait.Kind.VOLUME, "the volume can be used again", clock)),
                this::removeSoon);
        this.nextNumber = new NextNumber(store, volume, wake);
        this.deadlines = new Deadlines(settings, space.patience());
        this.memory = new WorkMemory(store, memory, clock);
    }

    @Override
    public Optional<Duration> advance(long cartId) {
        Optional<Duration> away =
                watch.gone().map(gone -> context.pauseAfter(Duration.between(gone.since(), clock.instant())));
        if (away.isPresent()) {
            return away; // Does not claim the cart: another node that has the volume may be at work on it.
        }
        Optional<Cart> claim = closing ? Optional.empty() : store.claim(cartId);
        if (claim.isEmpty()) {
            return closing ? Optional.of(context.shortestPause()) : Optional.empty();
        }
        try {
            return advance(claim.get());
        } catch (CartException.Unavailable e) {
            throw e; // Nothing can be recorded while the store is away: the scheduler tries again.
        } catch (UncheckedIOException e) {
            return volumeFailed(claim.get(), Objects.requireNonNull(e.getCause()));
        } catch (RuntimeException e) {
            return unexpected(claim.get(), e);
        }
    }

    private Optional<Duration> advance(Cart cart) {
        return switch (cart.status()) {
            case STAGING -> memory.during(cart, () -> stage(cart), lack -> lacksMemory(cart, lack));
            case BUNDLING -> memory.during(cart, () -> resumeFinish(form(cart)), lack -> lacksMemory(cart, lack));
            case DELETED -> remove(cart);
            case WAITING, READY, ERROR -> throw new IllegalStateException("claimed while " + cart.status());
        };
    }

    private Optional<Duration> lacksMemory(Cart cart, String lack) {
        String reason = "The server has no memory for the cart: " + lack + "; start it with a larger heap";
        return retryOrFail(cart, Wait.Kind.MEMORY, lack, reason)
                .map(pause -> pause.compareTo(WorkMemory.RETRY) < 0 ? pause : WorkMemory.RETRY);
    }

    /** A defect of cartd, or an unexpected failure of the volume. */
    private Optional<Duration> unexpected(Cart cart, RuntimeException e) {
        String what = "cart " + cart.id() + " (" + cart.uid() + "): a step failed unexpectedly";
        LOG.log(System.Logger.Level.ERROR, what, e);
        return retryOrFail(cart, Wait.Kind.DEFECT, e.toString(), "Internal error: " + e);
    }

    /** Wakes deleted carts, whose next steps remove their files. */
    private void removeSoon(List<Long> carts) {
        carts.forEach(wake::accept);
    }

    /** Wakes carts in the room queue: room may have become free. Logs a store that is away, and does not throw. */
    public void wakeRoomQueue() {
        try {
            space.line().forEach(wake::accept);
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "carts in the room queue were not woken, they ask again later: {0}", e);
        }
    }

    /**
     * Makes the cart wait, and its step run again after a pause. Once the wait has reached its limit, a cart in work
     * fails; the removal of a deleted cart is tried without end.
     */
    private Optional<Duration> retryOrFail(Cart cart, Wait.Kind kind, String detail, String reason) {
        Standstill counted = cart.standstill().count(clock.instant());
        Cart waiting = cart.with(deadlines.wait(counted, kind, detail, clock.instant()));
        Wait wait = waiting.standstill().waitsFor().orElseThrow();
        if (cart.status().inWork() && wait.isOver() && fail(cart, reason)) {
            return ended();
        }
        store.record(waiting, List.of());
        return Optional.of(context.pauseAfter(wait.waited()));
    }

    /** Checks on a thread of its own whether the archive can be reached, and logs it if not. */
    public void checkArchive() {
        clock.run(Duration.ZERO, archive::check);
    }

    /** The learned limit of requests, for all nodes together. */
    public int requestLimit() {
        return context.limit().current();
    }

    /** The outage of the archive, as far as it is known now. Never waits. */
    public Optional<Outage.Away> archiveAway() {
        return archive.away();
    }

    /** The outage of a volume that is there but fails, as far as it is known now. Never waits. */
    public Optional<Outage.Away> volumeFails() {
        return context.volumeOutage().now();
    }

    /** Ends running steps soon. Later steps, of this or another process, resume their carts. */
    @Override
    public void close() {
        closing = true;
        context.limit().close();
    }

    private boolean closing() {
        return closing;
    }

    private Optional<Duration> stage(Cart cart) {
        if (cart.durability() == Durability.UNPROVEN) {
            links.refresh(cart.uid()); // A cart that was ready before may still have the link.
        }
        CartForm form = form(cart);
        ClaimedCart claimed = form.claimed();
        StagingStep step;
        try (RequestLimit.Lane lane = context.limit().open()) {
            step = new StagingStep(context, form, lane);
            Optional<Duration> pause = step.run();
            if (pause.isPresent()) {
                return pause;
            }
        } catch (StepStopped e) {
            return stopped(claimed, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO); // A later claim is at work: the next step finds out.
        } catch (IOException e) {
            return failedToWrite(form, e);
        }
        if (step.isSmall()) {
            return finish(form, step.unsynced());
        }
        if (store.move(claimed.cart(), CartStatus.BUNDLING, "", "")) {
            claimed.become(CartStatus.BUNDLING);
            return finish(form, List.of());
        }
        return Optional.of(Duration.ZERO);
    }

    private CartForm form(Cart cart) {
        return CartForm.of(context, deadlines, cart);
    }

    /**
     * Completes a cart that an earlier step left bundling, perhaps because the room for the tar's headers was taken.
     */
    private Optional<Duration> resumeFinish(CartForm form) {
        ClaimedCart claimed = form.claimed();
        try {
            Optional<Duration> wait =
                    form.growsInTheEnd() ? new Reservation(context, form).make(claimed.durability()) : Optional.empty();
            if (wait.isPresent()) {
                claimed.save();
                return wait;
            }
        } catch (StepStopped e) {
            return stopped(claimed, e);
        }
        return finish(form, List.of());
    }

    /**
     * Completes a cart whose room is reserved.
     *
     * @param unsynced its files that are not synced yet
     */
    private Optional<Duration> finish(CartForm form, List<Path> unsynced) {
        ClaimedCart claimed = form.claimed();
        Cart cart = claimed.cart();
        Optional<String> obstacle;
        try {
            form.finish(unsynced);
            obstacle = links.show(cart);
            context.volumeWorks();
        } catch (StepStopped e) {
            return stopped(claimed, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO);
        } catch (IOException e) {
            return failedToWrite(form, e);
        }
        // Downloads do not need the symlink: the cart is ready without it.
        String message = obstacle.map(what -> "No symlink: " + what).orElse("");
        ClaimedCart.Changes last = claimed.changes(Durability.SYNCED);
        if (store.finish(last.claim(), last.files(), message, form.path().toString())) {
            LOG.log(System.Logger.Level.INFO, "cart {0} ({1}) is ready", Long.toString(cart.id()), cart.uid());
            onEnd.accept(cart.ended(CartStatus.READY, message));
            links.refreshAfter(cart);
            return ended();
        }
        // The cart was claimed again or deleted, or is already removed: then only this step can correct the link.
        links.refresh(cart.uid());
        return Optional.of(Duration.ZERO);
    }

    private Optional<Duration> remove(Cart cart) {
        try {
            links.settle(cart.uid()); // First, so that the link never leads to a cart that is half removed.
            volume.remove(cart);
        } catch (VolumeNotThere e) {
            return Optional.of(context.shortestPause());
        } catch (IOException e) {
            LOG.log(
                    waitsForVolume(cart) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "the files of deleted cart {0} cannot be removed yet: {1}",
                    Long.toString(cart.id()),
                    FailureText.of(e));
            return retryOrFail(cart, Wait.Kind.VOLUME, FailureText.of(e), "");
        }
        if (waitsForVolume(cart)) {
            context.volumeWorks(); // Only after a failure: without one there may have been nothing to remove.
        }
        store.removed(cart.id());
        return ended();
    }

    /** Whether the cart's previous step recorded a failure of the volume. */
    private static boolean waitsForVolume(Cart cart) {
        return cart.standstill().waitsFor(Wait.Kind.VOLUME).isPresent();
    }

    private Optional<Duration> stopped(ClaimedCart claimed, StepStopped why) {
        Cart cart = claimed.cart();
        if (why.isFull()) {
            return full(claimed);
        }
        if (why.isBarred()) {
            return nextNumber.make(claimed, why.reason()) ? ended() : Optional.of(Duration.ZERO);
        }
        try {
            claimed.save();
            if (why.isFailure() && fail(cart, why.reason())) {
                logFailure(cart, why.reason());
                return ended();
            }
        } catch (StepStopped e) {
            return Optional.of(Duration.ZERO); // The claim is lost: the next step finds out what became of the cart.
        }
        return Optional.of(Duration.ZERO);
    }

    private boolean fail(Cart cart, String reason) {
        boolean ended = store.move(cart, CartStatus.ERROR, reason, "");
        if (ended) {
            onEnd.accept(cart.ended(CartStatus.ERROR, reason));
        }
        return ended;
    }

    /** The cart needs no further step; carts in the room queue are woken. */
    private Optional<Duration> ended() {
        wakeRoomQueue();
        return Optional.empty();
    }

    static void logFailure(Cart cart, String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "cart {0} ({1}) failed: {2}",
                Long.toString(cart.id()),
                cart.uid(),
                reason);
    }

    private Optional<Duration> failedToWrite(CartForm form, IOException e) {
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
        space.giveBack(cart);
        return Optional.of(context.shortestPause());
    }

    private Optional<Duration> volumeFailed(Cart cart, IOException e) {
        if (volume.mark().problem().isPresent()) {
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
}
