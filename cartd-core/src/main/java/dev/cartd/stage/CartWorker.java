package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FailureText;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartForm;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.Deadlines;
import dev.cartd.claim.Lanes;
import dev.cartd.claim.Reservation;
import dev.cartd.claim.StageSettings;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.claim.UsedArchive;
import dev.cartd.claim.UsedArchives;
import dev.cartd.limit.RequestLimit;
import dev.cartd.space.Space;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.NamedArchive;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** How many recalled files of a deleted cart are read at a time. */
    private static final int PAGE = 1000;

    private final StepContext context;
    private final CartStore store;
    private final Volume volume;
    private final VolumeWatch watch;
    private final Timeline clock;
    private final LongConsumer wake;
    private final NewestLink links;
    private final Deadlines deadlines;
    private final WorkMemory memory;
    private final Endings endings;
    private volatile boolean closing;

    /**
     * A worker that stages the carts of this store from these archives to this volume. Closing the worker closes none
     * of its arguments.
     *
     * @param wake schedules a step for a cart number, soon
     * @param archive the archive of all ids that name no other
     * @param shares this node's shares of the requests that the default archive can take
     * @param onEnd called with each cart that became ready or failed, on the thread of its step: its claim, with the
     *     new state and the reason
     */
    public CartWorker(
            Archive archive,
            List<NamedArchive> named,
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
        this.store = store;
        this.volume = volume;
        this.watch = watch;
        this.wake = wake;
        this.clock = clock;
        this.links = new NewestLink(store, volume);
        Map<String, UsedArchive> byName = new LinkedHashMap<>();
        named.forEach(each -> byName.put(
                each.name(),
                used(
                        each.name(),
                        each.archive(),
                        each.shares(),
                        settings.withMaxRequests(each.maxRequests())
                                .withRetries(each.retries())
                                .withPatience(each.patience())
                                .withTapePatience(each.tapePatience()))));
        this.context = new StepContext(
                new UsedArchives(used("", archive, shares, settings), byName),
                store,
                volume,
                space,
                settings,
                clock,
                this::closing,
                new Outage(
                        Duration.ZERO, clock, new OutageLog(Wait.Kind.VOLUME, "the volume can be used again", clock)),
                this::removeSoon);
        this.deadlines = new Deadlines(settings, space.patience());
        this.endings = new Endings(context, deadlines, wake, onEnd);
        this.memory = new WorkMemory(store, memory, clock);
    }

    private UsedArchive used(String name, Archive archive, RequestShares shares, StageSettings settings) {
        WatchedArchive watched = new WatchedArchive(name, archive, this::closing, clock);
        RequestLimit limit = new RequestLimit(settings.maxRequests(), shares, clock);
        return new UsedArchive(name, watched, limit, settings, watched::away);
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
            return endings.volumeFailed(claim.get(), Objects.requireNonNull(e.getCause()));
        } catch (RuntimeException e) {
            return endings.unexpected(claim.get(), e);
        }
    }

    private Optional<Duration> advance(Cart cart) {
        return switch (cart.status()) {
            case STAGING -> memory.during(cart, () -> stage(cart), lack -> endings.lacksMemory(cart, lack));
            case BUNDLING ->
                memory.during(cart, () -> resumeFinish(form(cart)), lack -> endings.lacksMemory(cart, lack));
            case DELETED -> remove(cart);
            case WAITING, READY, ERROR -> throw new IllegalStateException("claimed while " + cart.status());
        };
    }

    /** Wakes deleted carts, whose next steps remove their files. */
    private void removeSoon(List<Long> carts) {
        carts.forEach(wake::accept);
    }

    /** Wakes carts in the room queue: room may have become free. Logs a store that is away, and does not throw. */
    public void wakeRoomQueue() {
        endings.wakeRoomQueue();
    }

    /** Checks, each on a thread of its own, whether the archives can be reached, and logs those that cannot. */
    public void checkArchives() {
        archives().forEach(used -> clock.run(Duration.ZERO, used.archive()::check));
    }

    /** The archives, the default one first. */
    public List<UsedArchive> archives() {
        return context.archives().all();
    }

    /** The outage of a volume that is there but fails, as far as it is known now. Never waits. */
    public Optional<Outage.Away> volumeFails() {
        return context.volumeOutage().now();
    }

    /** Ends running steps soon. Later steps, of this or another process, resume their carts. */
    @Override
    public void close() {
        closing = true;
        archives().forEach(used -> used.limit().close());
    }

    private boolean closing() {
        return closing;
    }

    private Optional<Duration> stage(Cart cart) {
        if (cart.durability() == Durability.UNPROVEN) {
            links.correctOrLog(cart.uid()); // A cart that was ready before may still have the link.
        }
        CartForm form = form(cart);
        ClaimedCart claimed = form.claimed();
        StagingStep step;
        try (Lanes lanes = new Lanes(context.archives(), claimed.files())) {
            step = new StagingStep(context, form, lanes);
            Optional<Duration> pause = step.run();
            if (pause.isPresent()) {
                return pause;
            }
        } catch (StepStopped e) {
            return endings.stopped(claimed, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO); // A later claim is at work: the next step finds out.
        } catch (IOException e) {
            return endings.failedToWrite(form, e);
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
            return endings.stopped(claimed, e);
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
            obstacle = links.pointTo(cart);
            context.volumeWorks();
        } catch (StepStopped e) {
            return endings.stopped(claimed, e);
        } catch (Overtaken e) {
            return Optional.of(Duration.ZERO);
        } catch (IOException e) {
            return endings.failedToWrite(form, e);
        }
        // Downloads do not need the symlink: the cart is ready without it.
        String message = obstacle.map(what -> "No symlink: " + what).orElse("");
        ClaimedCart.Changes last = claimed.changes(Durability.SYNCED);
        if (store.finish(last.claim(), last.files(), message, form.path().toString())) {
            endings.ready(cart, message);
            links.correctAfter(cart);
            return endings.ended();
        }
        // The cart was claimed again or deleted, or is already removed: then only this step can correct the link.
        links.correctOrLog(cart.uid());
        return Optional.of(Duration.ZERO);
    }

    private Optional<Duration> remove(Cart cart) {
        try {
            links.correct(cart.uid()); // First, so that the link never leads to a cart that is half removed.
            volume.remove(cart);
        } catch (VolumeNotThere e) {
            return Optional.of(context.shortestPause());
        } catch (IOException e) {
            LOG.log(
                    waitsForVolume(cart) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "the files of deleted cart {0} cannot be removed yet: {1}",
                    Long.toString(cart.id()),
                    FailureText.of(e));
            return endings.retryOrFail(cart, Wait.Kind.VOLUME, FailureText.of(e), "");
        }
        if (waitsForVolume(cart)) {
            context.volumeWorks(); // Only after a failure: without one there may have been nothing to remove.
        }
        Optional<Duration> pause = cancelRecalls(cart);
        if (pause.isPresent()) {
            return pause;
        }
        store.removed(cart.id());
        return endings.ended();
    }

    /**
     * Has archives end the recalls of a deleted cart, whose files are removed by now.
     *
     * @return the pause before the next try; empty if they have, or one was away for longer than its patience: it
     *     gives a recall up by itself in the end
     */
    private Optional<Duration> cancelRecalls(Cart cart) {
        if (cart.standstill().waitsFor(Wait.Kind.ARCHIVE).filter(Wait::isOver).isPresent()) {
            return Optional.empty();
        }
        List<CartFile> page = store.recalled(cart.id(), 0, PAGE);
        while (!page.isEmpty()) {
            try (Lanes lanes = new Lanes(context.archives(), page)) {
                if (!page.stream().allMatch(new RecallRequests(context, lanes).cancel(page))) {
                    // Its room is free whenever the archive is back.
                    Optional<Duration> pause =
                            endings.retryOrFail(cart.holding(0), Wait.Kind.ARCHIVE, "recalls of a deleted cart", "");
                    endings.wakeRoomQueue();
                    return pause;
                }
            }
            page = store.recalled(cart.id(), page.get(page.size() - 1).id(), PAGE);
        }
        return Optional.empty();
    }

    /** Whether the cart's previous step recorded a failure of the volume. */
    private static boolean waitsForVolume(Cart cart) {
        return cart.standstill().waitsFor(Wait.Kind.VOLUME).isPresent();
    }
}
