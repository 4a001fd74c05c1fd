package dev.cartd.pull;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.spi.CartStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a step knows of its cart, and what of it the store has not been told yet. For one thread. */
public final class ClaimedCart {
    private final CartStore store;
    private final LongUnaryOperator taken;
    private final Deadlines deadlines;
    private final InstantSource clock;
    private final CartFile[] files;
    private final TreeSet<Integer> changed = new TreeSet<>();
    private LongSupplier unfinished = () -> 0;
    private Cart claim;
    private int staged;
    private long stagedBytes;
    private long held;
    private int unknown;
    private long bytes;
    private long mostBytes;

    /** @param taken what a file of this size takes on the volume */
    public ClaimedCart(
            CartStore store,
            LongUnaryOperator taken,
            Deadlines deadlines,
            InstantSource clock,
            Cart claim,
            List<CartFile> files) {
        this.deadlines = deadlines;
        this.clock = clock;
        this.mostBytes = claim.progress().stagedBytes();
        this.store = store;
        this.taken = taken;
        this.claim = claim;
        this.files = files.toArray(CartFile[]::new);
        for (CartFile file : files) {
            count(file, 1);
            unknown++;
            size(file);
        }
    }

    /** Has what is there of files that are not staged count too, in bytes; asked for whenever the store is told. */
    public void counting(LongSupplier unfinishedBytes) {
        unfinished = unfinishedBytes;
    }

    public Cart cart() {
        return claim;
    }

    public int size() {
        return files.length;
    }

    public CartFile file(int index) {
        return files[index];
    }

    public List<CartFile> files() {
        return List.of(files);
    }

    /** The places of the files that are so. */
    public IntStream where(Predicate<CartFile> so) {
        return IntStream.range(0, files.length).filter(i -> so.test(files[i]));
    }

    /**
     * How the cart's files lie in a tar.
     *
     * @throws StepStopped if there is no such tar
     */
    public TarLayout layOut() throws StepStopped {
        try {
            return TarLayout.of(BundleName.directory(claim.uid()), files());
        } catch (CartException.Failed e) {
            throw StepStopped.failed("Failed to lay out the tar: " + e.getMessage());
        }
    }

    public boolean all(Predicate<CartFile> so) {
        return where(so).count() == files.length;
    }

    public void set(int index, CartFile file) {
        // A look that tells nothing new is no change: the cart would never be taken for waiting.
        CartFile before = files[index];
        if (!file.equals(before)) {
            files[index] = file;
            changed.add(index);
            count(before, -1);
            count(file, 1);
            if (isFurther(before, file)) {
                cameFurther();
            }
            if (!before.known()) {
                size(file);
            } else if (before.size() != file.size()) {
                sizeAnew();
            }
        }
    }

    /** Tries, looks that tell nothing new and what was lost are no progress, however often they happen. */
    private static boolean isFurther(CartFile before, CartFile after) {
        return (after.known() && !before.known())
                || (after.online() && !before.online())
                || (after.asked() != CartFile.UNKNOWN && before.asked() == CartFile.UNKNOWN)
                || (after.status() == FileStatus.STAGED && before.status() != FileStatus.STAGED);
    }

    private void count(CartFile file, int times) {
        if (file.status() == FileStatus.STAGED) {
            staged += times;
            stagedBytes += times * file.size();
            // A tar's headers come last, with its name.
            held += file.shared() ? 0 : times * (claim.bundle() ? file.size() : taken.applyAsLong(file.size()));
        }
    }

    private void size(CartFile file) {
        if (file.known()) {
            unknown--;
            bytes = sum(bytes, file.size());
        }
    }

    private void sizeAnew() {
        bytes = 0;
        unknown = files.length;
        for (CartFile file : files) {
            size(file);
        }
    }

    /** Has the cart wait for this; a wait for something else is over. */
    public void waitFor(Wait.Kind kind, String detail) {
        claim = claim.with(deadlines.wait(claim.standstill(), kind, detail, clock.instant()));
    }

    /** Ends the wait, if it is of one of these kinds. */
    public void endWaitFor(Set<Wait.Kind> kinds) {
        if (waitsFor().filter(wait -> kinds.contains(wait.kind())).isPresent()) {
            claim = claim.with(claim.standstill().withoutWait());
        }
    }

    /** What the cart waits for. */
    public Optional<Wait> waitsFor() {
        return claim.standstill().waitsFor();
    }

    /** For how much working time the cart has come no further. */
    public Duration stalled() {
        return claim.standstill().stalled();
    }

    private void cameFurther() {
        claim = claim.with(claim.standstill().ended());
    }

    /** The store was told that the cart is in this state now; it waits for nothing. */
    public void become(CartStatus status) {
        claim = claim.withStatus(status).with(claim.standstill().ended());
    }

    /** Under which boot files are recorded from now on; empty once all that are recorded are durable. */
    public void boot(String boot) {
        claim = claim.recordedUnder(boot);
    }

    int unsaved() {
        return changed.size();
    }

    /**
     * Tells the store what is new.
     *
     * @throws StepStopped if the cart is no longer this step's
     */
    public void save() throws StepStopped {
        List<CartFile> news = new ArrayList<>(changed.size());
        changed.forEach(i -> news.add(files[i]));
        claim = claim.with(claim.standstill().count(clock.instant()))
                .with(progress())
                .holding(held + unfinished.getAsLong());
        if (claim.progress().stagedBytes() > mostBytes) {
            mostBytes = claim.progress().stagedBytes();
            claim = claim.with(claim.standstill().brought());
        }
        if (!store.record(claim, news)) {
            throw StepStopped.quietly();
        }
        changed.clear();
    }

    private Cart.Progress progress() {
        long total = unknown == 0 ? bytes : CartFile.UNKNOWN;
        return new Cart.Progress(files.length, staged, total, stagedBytes + unfinished.getAsLong());
    }

    /** Sizes that an archive made up must not end the count; room for them is refused in its own words. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
