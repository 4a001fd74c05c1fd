package dev.cartd;

import dev.cartd.cart.Memory;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.OneNode;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Meter;
import dev.cartd.spi.NamedArchive;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import dev.cartd.system.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Cartd}. Each setting has a default that suits most programs. For one thread at a time; builds one
 * {@code Cartd}.
 *
 * <p>Ownership: what a program gives to the builder (the archives, the store, the request shares) stays open and is
 * closed by the program, after {@link Cartd#close}. A given scheduler is the exception: {@code Cartd} starts and closes
 * it. What {@code Cartd} made itself, it closes.
 */
public final class CartdBuilder {
    final Archive archive;
    final Path volume;
    final List<NamedArchive> named = new ArrayList<>();

    @Nullable
    CartStore store;

    @Nullable
    Scheduler scheduler;

    RequestShares requestShares = new OneNode();
    private Timeline timeline = Timeline.ofMachine(InstantSource.system());
    ZoneId zone = ZoneId.systemDefault();
    StageSettings settings = StageSettings.DEFAULT;
    SpaceSettings space = SpaceSettings.DEFAULT;
    Duration keepDeleted = Duration.ofDays(30);
    Memory memory = Memory.ofHeap();
    Optional<CartListener> listener = Optional.empty();
    Meter meter = Meter.NONE;
    boolean marksVolume = true;

    CartdBuilder(Archive archive, Path volume) {
        this.archive = archive;
        this.volume = volume;
    }

    /**
     * Adds an archive beside the default one, for the files whose ids begin with its name and a colon.
     *
     * @throws IllegalArgumentException if another archive has this name
     */
    public CartdBuilder archive(NamedArchive archive) {
        if (named.stream().anyMatch(other -> other.name().equals(archive.name()))) {
            throw new IllegalArgumentException("two archives have the name " + archive.name());
        }
        named.add(archive);
        return this;
    }

    /**
     * The store of the carts; by default one in memory. A given store stays open and is closed by the program that gave
     * it, after {@link Cartd#close}.
     */
    public CartdBuilder store(CartStore store) {
        this.store = store;
        return this;
    }

    /**
     * The scheduler that runs the steps; by default one in this process with 16 threads. It must not be started yet:
     * {@link Cartd#work} starts it, and {@link Cartd#close} closes it.
     */
    public CartdBuilder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /**
     * Divides the limit of requests among several nodes that use one archive; by default this node uses it alone. Given
     * request shares stay open and are closed, if they need to be, by the program that gave them, after {@link
     * Cartd#close}.
     */
    public CartdBuilder requestShares(RequestShares shares) {
        this.requestShares = shares;
        return this;
    }

    /** The wall clock for deadlines, leases and recorded times; by default the clock of the system. */
    public CartdBuilder clock(InstantSource clock) {
        return timeline(Timeline.ofMachine(clock));
    }

    /** The clocks, the threads and the waits of the core; by default those of the machine. For tests. */
    CartdBuilder timeline(Timeline timeline) {
        this.timeline = timeline;
        return this;
    }

    Timeline timeline() {
        return timeline;
    }

    /**
     * The most requests to the default archive at once, of all carts and all nodes together; 1 or more, 8 by default.
     *
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    public CartdBuilder maxRequests(int most) {
        return settings(settings.withMaxRequests(most));
    }

    /**
     * How many requests for one file in a row may be refused or answered wrongly until its cart fails; 1 or more, 5 by
     * default.
     *
     * @throws IllegalArgumentException if {@code retries} is less than 1
     */
    public CartdBuilder retries(int retries) {
        return settings(settings.withRetries(retries));
    }

    /**
     * How long, in working time, a cart waits for the default archive, or the volume, while it cannot be reached until
     * the cart fails; 30 minutes by default.
     */
    public CartdBuilder patience(Duration patience) {
        return settings(settings.withPatience(patience));
    }

    /** How long, in working time, a cart waits for files on tape until it fails; 2 days by default. */
    public CartdBuilder tapePatience(Duration patience) {
        return settings(settings.withTapePatience(patience));
    }

    /**
     * The size of the buffer of one pull, in bytes; 1 or more, 4 MiB by default.
     *
     * @throws IllegalArgumentException if {@code bytes} is less than 1
     */
    public CartdBuilder buffer(int bytes) {
        return settings(settings.withBuffer(bytes));
    }

    /**
     * The share of the heap for the lists of files of carts in work; a cart whose list does not fit has to wait. By
     * default a quarter of the heap.
     */
    public CartdBuilder memory(Memory memory) {
        this.memory = memory;
        return this;
    }

    /** The listener that is called when carts of this process become ready or fail; by default none. */
    public CartdBuilder listener(CartListener listener) {
        this.listener = Optional.of(listener);
        return this;
    }

    /** Counts what this process does with carts; by default nothing is counted. */
    public CartdBuilder meter(Meter meter) {
        this.meter = meter;
        return this;
    }

    /**
     * For how long the store keeps deleted carts, if it keeps them at all, and for how long a stray that cartd made
     * must be unchanged before it is removed; 30 days by default.
     */
    public CartdBuilder keepDeleted(Duration keep) {
        keepDeleted = keep;
        return this;
    }

    /**
     * Whether files that another cart has or is pulling are linked or copied instead of pulled again; true by default.
     */
    public CartdBuilder shareFiles(boolean share) {
        return settings(settings.withShare(share));
    }

    /**
     * How much of the volume carts may use, and which carts are evicted when room is short; {@link
     * SpaceSettings#DEFAULT} by default.
     */
    public CartdBuilder space(SpaceSettings settings) {
        space = settings;
        return this;
    }

    /**
     * Whether a new volume is made, if its directory does not exist, and marked as the volume of this store; true by
     * default. Programs that only read carts should pass false: then nothing is made.
     */
    public CartdBuilder marksVolume(boolean marks) {
        marksVolume = marks;
        return this;
    }

    CartdBuilder settings(StageSettings settings) {
        this.settings = settings;
        return this;
    }

    /**
     * Opens a {@link Cartd} and starts its work. If the volume is not there, the work waits for it.
     *
     * @throws java.io.UncheckedIOException if a new volume cannot be made, or its mark cannot be read or written
     * @throws IllegalStateException if the scheduler was started before
     */
    public Cartd start() {
        Cartd cartd = open();
        try {
            cartd.work();
        } catch (RuntimeException e) {
            cartd.close();
            throw e;
        }
        return cartd;
    }

    /**
     * Opens a {@link Cartd} that does not work on carts until {@link Cartd#work}. Until then other processes on the
     * same store and scheduler, if there are any, work on its carts.
     *
     * @throws java.io.UncheckedIOException if a new volume cannot be made, or its mark cannot be read or written
     */
    public Cartd open() {
        return new Cartd(this);
    }
}
