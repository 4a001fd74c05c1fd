package dev.cartd.stage;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.CartStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a step knows of its cart, and what of it the store has not been told yet. For one thread. */
final class Ledger {
    private final CartStore store;
    private final LongUnaryOperator taken;
    private final CartFile[] files;
    private final TreeSet<Integer> changed = new TreeSet<>();
    private Cart claim;
    private boolean told = true;

    /** @param taken what a file of this size takes on the volume */
    Ledger(CartStore store, LongUnaryOperator taken, Cart claim, List<CartFile> files) {
        this.store = store;
        this.taken = taken;
        this.claim = claim;
        this.files = files.toArray(CartFile[]::new);
    }

    Cart cart() {
        return claim;
    }

    int size() {
        return files.length;
    }

    CartFile file(int index) {
        return files[index];
    }

    List<CartFile> files() {
        return List.of(files);
    }

    /** The places of the files that are so. */
    IntStream where(Predicate<CartFile> so) {
        return IntStream.range(0, files.length).filter(i -> so.test(files[i]));
    }

    boolean all(Predicate<CartFile> so) {
        return where(so).count() == files.length;
    }

    void set(int index, CartFile file) {
        // A look that tells nothing new is no change: the cart would never be taken for waiting.
        if (!file.equals(files[index])) {
            files[index] = file;
            changed.add(index);
        }
    }

    /** Since when the archive is away, if it is. */
    void away(Optional<Instant> since) {
        if (!since.equals(claim.away())) {
            claim = claim.with(claim.progress(), since);
            told = false;
        }
    }

    /** Under which boot files are recorded from now on; empty once all that are recorded are durable. */
    void boot(String boot) {
        if (!boot.equals(claim.boot())) {
            claim = claim.recordedUnder(boot);
            told = false;
        }
    }

    int untold() {
        return changed.size();
    }

    /**
     * Tells the store what is new.
     *
     * @throws Stopped if the cart is no longer this step's
     */
    void tell() throws Stopped {
        List<CartFile> news = new ArrayList<>(changed.size());
        changed.forEach(i -> news.add(files[i]));
        if (!news.isEmpty() || !told) {
            claim = claim.with(progress(), claim.away()).holding(held());
        }
        if (!store.record(claim, news)) {
            throw Stopped.quietly();
        }
        changed.clear();
        told = true;
    }

    /** What is on the volume of this cart. A tar's headers come last, with its name. */
    private long held() {
        return where(file -> file.status() == FileStatus.STAGED)
                .mapToLong(i -> files[i].size())
                .map(size -> claim.bundle() ? size : taken.applyAsLong(size))
                .sum();
    }

    private Cart.Progress progress() {
        int staged = 0;
        long stagedBytes = 0;
        long bytes = 0;
        for (CartFile file : files) {
            if (file.status() == FileStatus.STAGED) {
                staged++;
                stagedBytes += file.size();
            }
            bytes = bytes == CartFile.UNKNOWN || !file.known() ? CartFile.UNKNOWN : sum(bytes, file.size());
        }
        return new Cart.Progress(files.length, staged, bytes, stagedBytes);
    }

    /** Sizes that an archive made up must not end the count; room for them is refused in its own words. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
