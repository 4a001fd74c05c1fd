package dev.cartd.claim;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.spi.CartStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A claimed cart and its files during one step, and the changes that are not recorded yet. For one thread. */
public final class ClaimedCart {
    private final CartStore store;
    private final LongUnaryOperator room;
    private final Deadlines deadlines;
    private final InstantSource clock;
    private final CartFile[] files;
    private final TreeSet<Integer> changed = new TreeSet<>();
    private LongSupplier unfinished;
    private OptionalLong finishedBytes = OptionalLong.empty();
    private Cart claim;
    private int staged;
    private long stagedBytes;
    private long held;
    private int unknownSizes;
    private int layoutChanges;
    private long bytes;
    private long peakBytes;

    /**
     * @param room the bytes of the cart's room that a staged file of a given size takes
     * @param claim the cart as {@link CartStore#claim} returned it
     * @param files all files of the cart, in the order of their numbers
     */
    public ClaimedCart(
            CartStore store,
            LongUnaryOperator room,
            Deadlines deadlines,
            InstantSource clock,
            Cart claim,
            List<CartFile> files) {
        this.deadlines = deadlines;
        this.clock = clock;
        this.peakBytes = claim.progress().stagedBytes();
        this.store = store;
        this.room = room;
        this.claim = claim;
        this.files = files.toArray(CartFile[]::new);
        for (CartFile file : files) {
            count(file, 1);
            unknownSizes++;
            countSize(file);
        }
        long recorded = Math.max(0, claim.progress().stagedBytes() - stagedBytes);
        this.unfinished = () -> recorded;
    }

    /**
     * Sets the supplier of the bytes on the volume of files that are not staged; each {@link #save} adds them. Until
     * this is called, {@link #save} adds the number that an earlier step recorded.
     */
    public void countUnfinished(LongSupplier unfinishedBytes) {
        unfinished = unfinishedBytes;
    }

    public Cart cart() {
        return claim;
    }

    /** The settings of the cart, whose patiences are the longest of its archives. */
    public StageSettings settings() {
        return deadlines.settings();
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

    /** The indexes of the files for which the condition holds, as they are when the stream reaches them. */
    public IntStream where(Predicate<CartFile> condition) {
        return IntStream.range(0, files.length).filter(i -> condition.test(files[i]));
    }

    /** How often the size or time of a file has changed. A layout of the tar that was made before is wrong then. */
    int layoutChanges() {
        return layoutChanges;
    }

    /** Whether all files are staged. */
    public boolean isStaged() {
        return staged == files.length;
    }

    /** Whether the condition holds for all files. */
    public boolean all(Predicate<CartFile> condition) {
        return where(condition).count() == files.length;
    }

    /** Replaces a file. {@link #save} records the change. */
    public void set(int index, CartFile file) {
        // An equal file is no change: recording it would make a waiting cart look updated.
        CartFile before = files[index];
        if (!file.equals(before)) {
            files[index] = file;
            changed.add(index);
            count(before, -1);
            count(file, 1);
            if (before.size() != file.size() || before.mtime() != file.mtime()) {
                layoutChanges++;
            }
            if (isProgress(before, file)) {
                endStandstill();
            }
            if (!before.known()) {
                countSize(file);
            } else if (before.size() != file.size()) {
                recountSizes();
            }
        }
    }

    /**
     * Whether a change is progress. Failed tries and lost files are none, or a cart that fails could go on for ever. So
     * could a cart with a file that the archive moves between disk and tape: that is progress for a limited time only.
     */
    private boolean isProgress(CartFile before, CartFile after) {
        return (after.known() && !before.known())
                || (after.online() && !before.online() && !isAskedLongAgo(after))
                || (after.isAsked() && !before.isAsked())
                || (after.status() == FileStatus.STAGED && before.status() != FileStatus.STAGED);
    }

    private boolean isAskedLongAgo(CartFile file) {
        return file.isAsked()
                && clock.millis() - file.asked()
                        > deadlines.settings().tapePatience().toMillis();
    }

    private void count(CartFile file, int times) {
        if (file.status() == FileStatus.STAGED) {
            staged += times;
            stagedBytes += times * file.size();
            held += file.shared() ? 0 : times * room.applyAsLong(file.size());
        }
    }

    private void countSize(CartFile file) {
        if (file.known()) {
            unknownSizes--;
            bytes = sum(bytes, file.size());
        }
    }

    private void recountSizes() {
        bytes = 0;
        unknownSizes = files.length;
        for (CartFile file : files) {
            countSize(file);
        }
    }

    /** Notes that the cart waits for this; ends a wait of another kind. */
    public void waitFor(Wait.Kind kind, String detail) {
        claim = claim.with(deadlines.wait(claim.standstill(), kind, detail, clock.instant()));
    }

    /** Ends the present wait if it is of one of these kinds. */
    public void endWaitFor(Set<Wait.Kind> kinds) {
        if (waitsFor().filter(wait -> kinds.contains(wait.kind())).isPresent()) {
            claim = claim.with(claim.standstill().withoutWait());
        }
    }

    /** What the cart waits for; empty if for nothing. */
    public Optional<Wait> waitsFor() {
        return claim.standstill().waitsFor();
    }

    /** The wait of the cart, if it is of this kind. */
    public Optional<Wait> waitsFor(Wait.Kind kind) {
        return claim.standstill().waitsFor(kind);
    }

    /** The working time that the present wait has lasted; zero if the cart waits for nothing. */
    public Duration waited() {
        return waitsFor().map(Wait::waited).orElse(Duration.ZERO);
    }

    /** The working time since the last progress of the cart. */
    public Duration stalled() {
        return claim.standstill().stalled();
    }

    private void endStandstill() {
        claim = claim.with(claim.standstill().ended());
    }

    /** Notes that the store has moved the cart to this state; its wait is over. */
    public void become(CartStatus status) {
        claim = claim.withStatus(status).with(claim.standstill().ended());
    }

    /** How certain it is that the staged files are on the medium. */
    public Durability durability() {
        return claim.durability();
    }

    /** Sets how certain it is that the staged files are on the medium. */
    public void setDurability(Durability durability) {
        claim = claim.with(durability);
    }

    /** The number of changed files that are not recorded. */
    public int unsaved() {
        return changed.size();
    }

    /**
     * Records the changes in the store, and so checks that the claim still holds.
     *
     * @throws StepStopped if the cart is no longer this step's
     * @throws CartException.Unavailable if the store cannot be reached
     */
    public void save() throws StepStopped {
        Changes changes = changes(durability());
        if (!store.record(changes.claim, changes.files)) {
            throw StepStopped.quietly();
        }
        recorded(changes);
    }

    /**
     * The changes that the store has not recorded yet.
     *
     * @param claim the cart as it is now
     * @param files the files that changed
     */
    public record Changes(Cart claim, List<CartFile> files) {}

    /** The changes to record now, with this durability. To be passed to {@link #recorded} once the store has them. */
    public Changes changes(Durability durability) {
        List<CartFile> changes = new ArrayList<>(changed.size());
        changed.forEach(i -> changes.add(files[i]));
        Cart now = claim.with(claim.standstill().count(clock.instant()))
                .with(progress())
                .with(durability)
                .holding(finishedBytes.orElseGet(() -> held + unfinished.getAsLong()));
        boolean brought = now.progress().stagedBytes() > peakBytes;
        return new Changes(brought ? now.with(now.standstill().afterBytes()) : now, changes);
    }

    /** Notes that the store has recorded these changes. Nothing may change between {@link #changes} and this. */
    void recorded(Changes changes) {
        claim = changes.claim;
        peakBytes = Math.max(peakBytes, claim.progress().stagedBytes());
        changed.clear();
    }

    /** Sets the bytes that the finished cart takes on the volume: those of a tar are more than those of its files. */
    void setFinishedBytes(long bytes) {
        finishedBytes = OptionalLong.of(bytes);
    }

    private Cart.Progress progress() {
        OptionalLong total = unknownSizes == 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
        return new Cart.Progress(files.length, staged, total, stagedBytes + unfinished.getAsLong());
    }

    /** Adds without overflow: an archive may report absurd sizes, which {@link Reservation} refuses with a reason. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
