package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Standstill;
import dev.cartd.cart.Wait;
import dev.cartd.limit.RequestLimit;
import dev.cartd.pull.ClaimedCart;
import dev.cartd.pull.Deadlines;
import dev.cartd.pull.Reservation;
import dev.cartd.pull.StageSettings;
import dev.cartd.pull.StepContext;
import dev.cartd.pull.StepStopped;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import dev.cartd.upkeep.NewestLink;
import dev.cartd.volume.Overtaken;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeAway;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Takes one cart one step further: whatever can be done for it now is done, on the calling thread and the request
 * limit's, and nothing of it goes on after the step. Safe for use by many threads, one for each cart.
 */
public final class CartWorker implements Scheduler.Step, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CartWorker.class.getName());
    private static final Duration SHORTEST = StepContext.SHORTEST_PAUSE;

    private final StepContext context;
    private final CartStore store;
    private final Volume volume;
    private final VolumeWatch watch;
    private final InstantSource clock;
    private final Space space;
    private final LongConsumer wake;
    private final NewestLink links;
    private final NextNumber nextNumber;
    private final Deadlines deadlines;
    private final WorkMemory memory;
    private final Consumer<Cart> onEnd;
    private volatile boolean closing;

    /**
     * A worker for carts of this store, from this archive to this volume, with these shares of what the archive can
     * take. It closes none of them.
     *
     * @param wake has a cart's step run soon
     * @param onEnd told of each cart that became ready or failed, with its claim
     */
    public CartWorker(
            Archive archive,
            CartStore store,
            Volume volume,
            VolumeWatch watch,
            Space space,
            LongConsumer wake,
            RequestShares shares,
            InstantSource clock,
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
        this.context = new StepContext(
                new WatchedArchive(archive, this::closing, clock),
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
        Optional<Duration> without =
                watch.gone().map(gone -> context.pauseAfter(Duration.between(gone.since(), clock.instant())));
        if (without.isPresent()) {
            return without; // Not even claimed: a node that has the volume may be at work on it.
        }
        Optional<Cart> claim = closing ? Optional.empty() : store.claim(cartId);
        if (claim.isEmpty()) {
            return closing ? Optional.of(SHORTEST) : Optional.empty();
        }
        try {
            return advance(claim.get());
        } catch (CartException.Unavailable e) {
            throw e; // The store is away: the scheduler tries again, and nothing could be written anyway.
        } catch (UncheckedIOException e) {
            return volumeFailed(claim.get(), Objects.requireNonNull(e.getCause()));
        } catch (RuntimeException e) {
            return unexpected(claim.get(), e);
        }
    }

    private Optional<Duration> advance(Cart cart) {
        return switch (cart.status()) {
            case STAGING -> memory.during(cart, () -> stage(cart), lack -> withoutMemory(cart, lack));
            case BUNDLING -> memory.during(cart, () -> finish(ledger(cart)), lack -> withoutMemory(cart, lack));
            case DELETED -> remove(cart);
            case WAITING, READY, ERROR -> throw new IllegalStateException("claimed while " + cart.status());
        };
    }

    private Optional<Duration> withoutMemory(Cart cart, String lack) {
        String reason = "The server has no memory for the cart: " + lack + "; start it with a larger heap";
        return trouble(cart, Wait.Kind.MEMORY, lack, reason)
                .map(pause -> pause.compareTo(WorkMemory.AGAIN) < 0 ? pause : WorkMemory.AGAIN);
    }

    /** A defect, or a volume gone mad. */
    private Optional<Duration> unexpected(Cart cart, RuntimeException e) {
        String what = "cart " + cart.id() + " (" + cart.uid() + "): a step failed unexpectedly";
        LOG.log(System.Logger.Level.ERROR, what, e);
        return trouble(cart, Wait.Kind.DEFECT, e.toString(), "Internal error: " + e);
    }

    /** Has the files of carts removed that were deleted. */
    private void removeSoon(List<Long> carts) {
        carts.forEach(wake::accept);
    }

    /** Has those look again who wait for room: some may have become free. */
    public void wakeLine() {
        try {
            space.line().forEach(wake::accept);
        } catch (CartException.Unavailable e) {
            LOG.log(System.Logger.Level.DEBUG, "those in the line look later: {0}", e);
        }
    }

    /** Tried again for as long as an archive would be waited for, then told. What is deleted is never given up. */
    private Optional<Duration> trouble(Cart cart, Wait.Kind kind, String detail, String reason) {
        Standstill counted = cart.standstill().count(clock.instant());
        Cart waiting = cart.with(deadlines.wait(counted, kind, detail, clock.instant()));
        Wait wait = waiting.standstill().waitsFor().orElseThrow();
        if (cart.status().inWork() && wait.isOver() && end(cart, CartStatus.ERROR, reason, "")) {
            return ended();
        }
        store.record(waiting, List.of());
        return Optional.of(context.pauseAfter(wait.waited()));
    }

    /** Has the log say where the archive is away already. Does not wait for it. */
    public void checkArchive() {
        Thread thread = new Thread(context.archive()::check, "cartd-archive");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends running steps soon; they are taken up again by who comes next. */
    @Override
    public void close() {
        closing = true;
        context.limit().close();
    }

    private boolean closing() {
        return closing;
    }

    private Optional<Duration> stage(Cart cart) {
        if (cart.boot().equals(Cart.UNPROVEN)) {
            links.refresh(cart.uid()); // It may have been ready before.
        }
        ClaimedCart ledger = ledger(cart);
        try (RequestLimit.Lane lane = context.limit().open()) {
            Optional<Duration> pause = new StagingStep(context, ledger, lane).run();
            if (pause.isPresent()) {
                return pause;
            }
        } catch (StepStopped e) {
            return stopped(ledger, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO); // The next step sees whose it is.
        } catch (IOException e) {
            return failedToWrite(ledger, e);
        }
        if (store.move(ledger.cart(), CartStatus.BUNDLING, "", "")) {
            ledger.become(CartStatus.BUNDLING);
            return finish(ledger);
        }
        return Optional.of(Duration.ZERO);
    }

    private ClaimedCart ledger(Cart cart) {
        return new ClaimedCart(store, volume::taken, deadlines, clock, cart, store.files(cart.id()));
    }

    private Optional<Duration> finish(ClaimedCart ledger) {
        Cart cart = ledger.cart();
        Optional<String> obstacle;
        try {
            Optional<Duration> line = cart.bundle() ? new Reservation(context, ledger).make() : Optional.empty();
            if (line.isPresent()) {
                ledger.save();
                return line;
            }
            new CartCompletion(context, ledger).run();
            if (cart.bundle()) {
                store.record(cart.holding(volume.taken(Files.size(volume.place(cart)))), List.of());
            }
            obstacle = links.show(cart);
            context.volumeWorks();
        } catch (StepStopped e) {
            return stopped(ledger, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO);
        } catch (CartCompletion.Gone e) {
            return stopped(ledger, StepStopped.failed(e.getMessage()));
        } catch (IOException e) {
            return failedToWrite(ledger, e);
        }
        // Who downloads it needs no symlink.
        String message = obstacle.map(what -> "No symlink: " + what).orElse("");
        if (end(cart, CartStatus.READY, message, volume.place(cart).toString())) {
            LOG.log(System.Logger.Level.INFO, "cart {0} ({1}) is ready", Long.toString(cart.id()), cart.uid());
            links.refresh(cart.uid());
            return ended();
        }
        // It is somebody else's now, or was deleted, even removed: then nobody but us knows of the link.
        links.refresh(cart.uid());
        return Optional.of(Duration.ZERO);
    }

    private Optional<Duration> remove(Cart cart) {
        try {
            links.settle(cart.uid()); // First, so that it never shows what is half gone.
            volume.remove(cart);
        } catch (VolumeAway e) {
            return Optional.of(SHORTEST);
        } catch (IOException e) {
            LOG.log(
                    waitsForVolume(cart) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "the files of deleted cart {0} cannot be removed yet: {1}",
                    Long.toString(cart.id()),
                    FailureText.of(e));
            return trouble(cart, Wait.Kind.VOLUME, FailureText.of(e), "");
        }
        if (waitsForVolume(cart)) {
            context.volumeWorks(); // Without the failure before there may have been nothing to remove.
        }
        store.removed(cart.id());
        return ended();
    }

    /** Whether the step before failed for the volume, and said so. */
    private static boolean waitsForVolume(Cart cart) {
        return cart.standstill()
                .waitsFor()
                .filter(wait -> wait.kind() == Wait.Kind.VOLUME)
                .isPresent();
    }

    private Optional<Duration> stopped(ClaimedCart ledger, StepStopped why) {
        Cart cart = ledger.cart();
        if (why.isFull()) {
            return full(ledger);
        }
        if (why.isBarred()) {
            return nextNumber.make(ledger, why.reason()) ? ended() : Optional.of(Duration.ZERO);
        }
        try {
            ledger.save();
            if (why.isFailure() && end(cart, CartStatus.ERROR, why.reason(), "")) {
                logFailure(cart, why.reason());
                return ended();
            }
        } catch (StepStopped e) {
            return Optional.of(Duration.ZERO); // It is somebody else's now: the next step sees whose.
        }
        return Optional.of(Duration.ZERO);
    }

    private boolean end(Cart cart, CartStatus last, String reason, String bundlePath) {
        boolean ended = store.move(cart, last, reason, bundlePath);
        if (ended) {
            onEnd.accept(cart);
        }
        return ended;
    }

    /** Has those look again who wait for room, and no further step run. */
    private Optional<Duration> ended() {
        wakeLine();
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

    private Optional<Duration> failedToWrite(ClaimedCart ledger, IOException e) {
        return new Reservation(context, ledger).isBroken() ? full(ledger) : volumeFailed(ledger.cart(), e);
    }

    /** The room that was reserved is not there: the cart waits for it in the line, as if it came now. */
    private Optional<Duration> full(ClaimedCart ledger) {
        Cart cart = ledger.cart();
        try {
            ledger.save();
        } catch (StepStopped e) {
            return Optional.of(Duration.ZERO);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "cart {0} ({1}) waits, the volume is full: somebody else has what was reserved for it",
                Long.toString(cart.id()),
                cart.uid());
        space.giveBack(cart);
        return Optional.of(SHORTEST);
    }

    private Optional<Duration> volumeFailed(Cart cart, IOException e) {
        if (volume.mark().look().isPresent()) {
            // No fault of the cart's, nor is its patience spent on it; who watches the volume says so.
            return Optional.of(SHORTEST);
        }
        context.volumeFails(e);
        String why = FailureText.of(e);
        return trouble(
                cart,
                Wait.Kind.VOLUME,
                why,
                "The volume could not be used for "
                        + HumanText.duration(context.settings().patience()) + " (" + why + ")");
    }
}
