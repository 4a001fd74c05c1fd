package dev.cartd.claim;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Durability;
import dev.cartd.spi.SpaceStore;
import dev.cartd.volume.CartTar;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A bundled cart: one tar, to which each file is written at its offset, and which gets its headers and its name when
 * all files are staged. It is laid out once, and again only if the size or time of a file changes.
 */
final class TarForm extends CartForm {
    /** The most files that are hashed because they may be complete without a record. Further ones are pulled again. */
    private static final int UNRECORDED = 64;

    /** The bytes that are copied between two checks of the claim. */
    private static final long CHUNK = 8 << 20;

    private final CartTar tar;
    private @Nullable TarLayout layout;
    private int laidOut;

    TarForm(StepContext context, ClaimedCart claimed) {
        super(context, claimed);
        this.tar = context.volume().tar(claimed.cart());
    }

    private TarLayout layout() throws StepStopped {
        TarLayout known = layout;
        if (known == null || laidOut != claimed.layoutChanges()) {
            known = layOut();
            layout = known;
            laidOut = claimed.layoutChanges();
        }
        return known;
    }

    @Override
    public Path path() {
        return tar.path();
    }

    @Override
    long need() throws StepStopped {
        return SpaceStore.taken(layout().length());
    }

    @Override
    public long offset(CartFile file) throws StepStopped {
        return layout().offset(file);
    }

    @Override
    public void requireLayout() throws StepStopped {
        layout();
    }

    /** Pacifica Cartd staged the files in a tree beside the tar. */
    @Override
    public void removeLeftovers() throws IOException {
        if (claimed.durability() == Durability.UNPROVEN) {
            context.volume().tree(claimed.cart()).remove();
        }
    }

    @Override
    void compare(Parts parts, Durability durability) throws StepStopped, IOException {
        if (durability != Durability.SYNCED) {
            tar.takeBack(parts); // Pacifica Cartd made it, or a step that did not get as far as recording it.
        }
        if (parts.mayBeWritten(Parts.TAR)) {
            parts.keep(Parts.TAR, parts.open(Parts.TAR, this::rescue));
        }
        if (!parts.has(Parts.TAR)) {
            staged().forEach(i -> claimed.set(i, claimed.file(i).lost()));
        } else if (durability != Durability.SYNCED) {
            rehash(durability.isTrusted() ? IntStream.empty() : staged(), parts);
            rehash(unrecorded(), parts);
            endHashing();
        }
    }

    /**
     * Copies the staged files out of an unfinished tar that an earlier step's process, if it is only paused, may still
     * write to. Each copy is hashed; a file whose copy is wrong becomes lost.
     */
    private void rescue(FileChannel from, FileChannel to) throws IOException, StepStopped {
        Hashing hashing = new Hashing(context, claimed);
        for (int i : staged().toArray()) {
            CartFile file = claimed.file(i);
            long offset = offset(file);
            if (!copy(from, to, offset, offset + file.size(), hashing) || !hashing.matches(file, to, offset)) {
                claimed.set(i, file.lost());
            }
        }
    }

    private static boolean copy(FileChannel from, FileChannel to, long start, long end, Hashing hashing)
            throws IOException, StepStopped {
        to.position(start);
        for (long at = start; at < end; ) {
            hashing.requireWanted();
            long copied = from.transferTo(at, Math.min(CHUNK, end - at), to);
            if (copied <= 0) {
                return false;
            }
            at += copied;
        }
        return true;
    }

    /**
     * Files that may be complete but not recorded: those that are pulled first. A large file is not among them, since
     * it has a resume point.
     */
    private IntStream unrecorded() {
        return claimed.where(file -> file.isToBePulled() && !ResumePoint.isKeptFor(file))
                .limit(UNRECORDED);
    }

    private void rehash(IntStream which, Parts parts) throws StepStopped, IOException {
        int[] indexes = which.toArray();
        if (indexes.length == 0) {
            return;
        }
        TarLayout offsets = layout();
        Part part = parts.open(Parts.TAR);
        try {
            rehash(
                    indexes,
                    (file, hashing) ->
                            part.hasEarlierBytes() && hashing.matches(file, part.channel(), offsets.offset(file)));
        } finally {
            parts.keep(Parts.TAR, part);
        }
    }

    @Override
    public CartWriter writer(Parts parts) throws StepStopped, IOException {
        return new TarWriter(context.volume(), layout(), parts);
    }

    /** All files of the tar are lost: they have one file on the volume. */
    @Override
    void lose(Parts parts, int[] unsynced) throws IOException {
        parts.drop(Parts.TAR);
        staged().forEach(i -> claimed.set(i, claimed.file(i).lost()));
    }

    @Override
    public List<Path> stagedPaths() {
        return List.of();
    }

    @Override
    public boolean growsInTheEnd() {
        return true;
    }

    @Override
    public void finish(Collection<Path> unsynced) throws IOException, StepStopped {
        Cart cart = claimed.cart();
        try (Parts parts = context.volume().parts(cart)) {
            finish(parts);
        }
        context.volume().syncNames(cart, List.of());
        claimed.setFinishedBytes(SpaceStore.taken(Files.size(tar.path())));
    }

    private void finish(Parts parts) throws IOException, StepStopped {
        if (parts.has(Parts.TAR)) {
            try (Part part = parts.open(Parts.TAR, this::rescue)) {
                requireAll();
                layout().writeHeaders(part.channel());
                sync(part, parts);
                tar.place(part.path(), parts);
            }
        } else if (!tar.has(layout().length())) {
            context.volume().requireThere();
            throw StepStopped.failed("The tar of the cart is gone from the volume, or has not its size");
        }
    }

    private void sync(Part part, Parts parts) throws IOException {
        try {
            part.channel().force(true);
        } catch (IOException e) {
            parts.keep(Parts.TAR, part);
            loseUnsynced(parts);
            throw e;
        }
    }

    private void requireAll() throws StepStopped {
        if (!claimed.isStaged()) {
            throw StepStopped.failed("The tar of the cart is damaged: repair the cart");
        }
    }
}
