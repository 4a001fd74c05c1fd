package dev.cartd;

import dev.cartd.cart.Memory;
import dev.cartd.local.OneNode;
import dev.cartd.pull.StageSettings;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.RequestShares;
import dev.cartd.spi.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Puts a cartd together. What is not given has a default that suits most. */
public final class CartdBuilder {
    final Archive archive;
    final Path volume;

    @Nullable
    CartStore store;

    @Nullable
    Scheduler scheduler;

    RequestShares requestShares = new OneNode();
    InstantSource clock = InstantSource.system();
    ZoneId zone = ZoneId.systemDefault();
    StageSettings settings = StageSettings.DEFAULT;
    SpaceSettings space = SpaceSettings.DEFAULT;
    Duration keepDeleted = Duration.ofDays(30);
    Memory memory = Memory.ofHeap();
    CartListener listener = cart -> {};
    boolean marksVolume = true;

    CartdBuilder(Archive archive, Path volume) {
        this.archive = archive;
        this.volume = volume;
    }

    /** Where carts are remembered; by default in memory. It is not closed by {@link Cartd#close}. */
    public CartdBuilder store(CartStore store) {
        this.store = store;
        return this;
    }

    /** The engine; by default one in this process. It is started, and closed by {@link Cartd#close}. */
    public CartdBuilder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /** What shares out the limit of requests where several nodes have one archive; by default this one is alone. */
    public CartdBuilder requestShares(RequestShares shares) {
        this.requestShares = shares;
        return this;
    }

    /** The time that deadlines go by; by default the system's. */
    public CartdBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /** The most requests to the archive at once, over all carts and nodes; 1 or more, 8 by default. */
    public CartdBuilder maxRequests(int most) {
        return settings(settings.withMaxRequests(most));
    }

    /** How many refusals or damaged pulls of one file are borne before its cart fails; 1 or more, 5 by default. */
    public CartdBuilder retries(int retries) {
        return settings(settings.withRetries(retries));
    }

    /** How long an archive that cannot be reached is waited for; 30 minutes by default. */
    public CartdBuilder patience(Duration patience) {
        return settings(settings.withPatience(patience));
    }

    /** How long a file on tape is waited for; 2 days by default. */
    public CartdBuilder tapePatience(Duration patience) {
        return settings(settings.withTapePatience(patience));
    }

    /** The size of the buffer of one pull, in bytes; 1 or more, 4 MiB by default. */
    public CartdBuilder buffer(int bytes) {
        return settings(settings.withBuffer(bytes));
    }

    /**
     * How many bytes of the heap carts in work may take for their lists of files; a cart for which there are not enough
     * has to wait. By default a share of the heap.
     */
    public CartdBuilder memory(Memory memory) {
        this.memory = memory;
        return this;
    }

    /** Told when carts of this process become ready or fail; nobody by default. */
    public CartdBuilder listener(CartListener listener) {
        this.listener = listener;
        return this;
    }

    /** For how long deleted carts are remembered, if the store does that; 30 days by default. */
    public CartdBuilder keepDeleted(Duration keep) {
        keepDeleted = keep;
        return this;
    }

    /** Whether files that another cart has, or is pulling, are linked or copied rather than pulled again; they are. */
    public CartdBuilder shareFiles(boolean share) {
        return settings(settings.withShare(share));
    }

    /** How much of the volume carts may take, and what goes when it is short; by default all of it. */
    public CartdBuilder space(SpaceSettings settings) {
        space = settings;
        return this;
    }

    /**
     * Whether a volume that is new is made, if need be, and marked as the one of this store; it is. Who only looks at
     * carts should not: then nothing is made.
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
     * Starts to work. Where the volume is not there the work waits for it.
     *
     * @throws java.io.UncheckedIOException if a new volume cannot be made
     */
    public Cartd start() {
        Cartd cartd = open();
        cartd.work();
        return cartd;
    }

    /**
     * Opens it without working: what it is asked for is left to others on the same store, or to {@link Cartd#work}.
     *
     * @throws java.io.UncheckedIOException if a new volume cannot be made
     */
    public Cartd open() {
        return new Cartd(this);
    }
}
