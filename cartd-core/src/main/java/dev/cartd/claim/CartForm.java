package dev.cartd.claim;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.SpaceStore;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;

/**
 * The form of a claimed cart, a tree or a tar, with all that a step does differently for the two. Made once for each
 * claim. For the step's thread, unless a method says otherwise.
 */
public abstract sealed class CartForm permits TreeForm, TarForm {
    final StepContext context;
    final ClaimedCart claimed;

    /** The indexes of the files that were durable when the cart was claimed. */
    private final BitSet durable = new BitSet();

    CartForm(StepContext context, ClaimedCart claimed) {
        this.context = context;
        this.claimed = claimed;
        if (claimed.durability() == Durability.SYNCED) {
            staged().forEach(durable::set);
        }
    }

    /**
     * The form of a cart, with its files as the store has them.
     *
     * @param claim the cart as {@link CartStore#claim} returned it
     * @throws CartException.Unavailable if the store cannot be reached
     */
    public static CartForm of(StepContext context, Deadlines deadlines, Cart claim) {
        // A tar's headers do not count until it is complete: they are written when all files are staged.
        return claim.bundle()
                ? new TarForm(context, claimed(context, deadlines, claim, LongUnaryOperator.identity()))
                : new TreeForm(context, claimed(context, deadlines, claim, SpaceStore::taken));
    }

    private static ClaimedCart claimed(StepContext context, Deadlines deadlines, Cart claim, LongUnaryOperator room) {
        List<CartFile> files = context.store().files(claim.id());
        Deadlines own = new Deadlines(context.archives().settings(files), deadlines.room());
        return new ClaimedCart(context.store(), room, own, context.clock(), claim, files);
    }

    /** The cart and its files during this claim. */
    public final ClaimedCart claimed() {
        return claimed;
    }

    /** The path of the tree or tar, whether it exists or not. */
    public abstract Path path();

    /**
     * The bytes that the complete cart takes on the volume.
     *
     * @throws StepStopped if the files cannot be in a tar, or the bytes cannot be counted: the cart fails
     */
    abstract long need() throws StepStopped;

    /**
     * The position of a file's first byte in the tar; 0 in a tree. It may change when the size or time of another file
     * changes.
     *
     * @throws StepStopped if the files cannot be in a tar: the cart fails
     */
    public abstract long offset(CartFile file) throws StepStopped;

    /**
     * Checks that the files can be in a tar, which a download of a tree is too.
     *
     * @throws StepStopped if they cannot: the cart fails
     */
    public abstract void requireLayout() throws StepStopped;

    /** Removes what Pacifica Cartd left beside the files of an {@linkplain Durability#UNPROVEN unproven} cart. */
    public abstract void removeLeftovers() throws IOException;

    /**
     * Compares the records with the volume. A staged file that is missing becomes lost. So does a staged file with a
     * wrong hash; hashes are checked if the machine has restarted since the files were recorded and before they were
     * synced, or if the cart is {@linkplain Durability#UNPROVEN unproven}. A file that is complete but not recorded,
     * because an earlier step was interrupted, becomes staged.
     *
     * @param durability that of the cart when it was claimed
     * @throws StepStopped if the claim was lost or the worker is closing
     * @throws IOException if the volume failed
     */
    public final void check(Parts parts, Durability durability) throws StepStopped, IOException {
        compare(parts, durability);
        if (claimed.unsaved() > 0) {
            context.volume().requireThere(); // If the volume is away, missing files prove nothing.
            claimed.save();
        }
    }

    /** @param durability whether the bytes of staged files need a new hash; see {@link Durability#isTrusted} */
    abstract void compare(Parts parts, Durability durability) throws StepStopped, IOException;

    /** Opens the cart for writing its files. To be closed by the caller. */
    public abstract CartWriter writer(Parts parts) throws StepStopped, IOException;

    /**
     * Removes what the cart has on the volume and is not durable, since a sync failed: those files are lost, and are
     * pulled again. The system may have dropped the bytes that it could not write, and may say of the next sync that
     * all is well. Does nothing if all is durable. If something cannot be removed, the cart becomes
     * {@linkplain Durability#UNPROVEN unproven}, so that the next step trusts none of its files.
     *
     * @throws IOException if they cannot be removed
     */
    public final void loseUnsynced(Parts parts) throws IOException {
        if (claimed.durability() == Durability.SYNCED) {
            return;
        }
        Durability before = claimed.durability();
        claimed.setDurability(Durability.UNPROVEN);
        context.volume().requireThere(); // If the volume is away, nothing can be removed.
        lose(parts, staged().filter(i -> !durable.get(i)).toArray());
        claimed.setDurability(before);
    }

    /**
     * Removes these files as far as it can; all of them are lost.
     *
     * @param unsynced the indexes of the staged files that are not durable
     * @throws IOException the first failure
     */
    abstract void lose(Parts parts, int[] unsynced) throws IOException;

    /** The paths of the staged files; none for a tar, which has them all in one file. */
    public abstract List<Path> stagedPaths();

    /** Whether {@link #finish} writes anything, so that it needs room. */
    public abstract boolean growsInTheEnd();

    /**
     * Completes a cart whose files are all staged, and syncs what was not synced when it was pulled. Can be run again
     * after a crash at any instant.
     *
     * @param unsynced the paths of files of a tree that were not synced when they were pulled
     * @throws StepStopped if a staged file or the tar is missing or damaged, the claim was lost, or the worker is
     *     closing
     * @throws IOException if the volume failed
     */
    public abstract void finish(Collection<Path> unsynced) throws IOException, StepStopped;

    final TarLayout layOut() throws StepStopped {
        try {
            return TarLayout.of(BundleName.directory(claimed.cart().uid()), claimed.files());
        } catch (CartException.Failed e) {
            throw StepStopped.failed("Failed to lay out the tar: " + e.getMessage());
        }
    }

    final IntStream staged() {
        return claimed.where(file -> file.status() == FileStatus.STAGED);
    }

    /** Whether a file is on the volume with the right hash. */
    @FunctionalInterface
    interface FileCheck {
        boolean isRight(CartFile file, Hashing hashing) throws IOException, StepStopped;
    }

    /**
     * Hashes files on the volume, whatever their recorded state: a file with the right hash becomes staged, and a
     * staged file without it becomes lost. Those with the right hash get their CRC-32 too.
     */
    final void rehash(int[] indexes, FileCheck check) throws StepStopped, IOException {
        Hashing hashing = new Hashing(context, claimed);
        for (int i : indexes) {
            CartFile file = claimed.file(i);
            boolean right = check.isRight(file, hashing);
            boolean staged = file.status() == FileStatus.STAGED;
            if (staged && !right) {
                context.volume().requireThere();
            }
            if (right) {
                claimed.set(i, (staged ? file : file.staged()).withCrc(hashing.crc()));
            } else if (staged) {
                claimed.set(i, file.lost());
            }
            hashing.requireWanted();
        }
    }

    final void endHashing() {
        claimed.endWaitFor(EnumSet.of(Wait.Kind.HASHING));
    }
}
