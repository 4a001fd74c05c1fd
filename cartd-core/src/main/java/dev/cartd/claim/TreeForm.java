package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.SpaceStore;
import dev.cartd.volume.CartTree;
import dev.cartd.volume.Overtaken;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** A streamed cart: a directory with its files. Each file gets its name once its hash is right. */
final class TreeForm extends CartForm {
    private final CartTree tree;

    TreeForm(StepContext context, ClaimedCart claimed) {
        super(context, claimed);
        this.tree = context.volume().tree(claimed.cart());
    }

    @Override
    public Path path() {
        return tree.path();
    }

    @Override
    long need() throws StepStopped {
        long need = 0;
        try {
            for (int i = 0; i < claimed.size(); i++) {
                CartFile file = claimed.file(i);
                need = Math.addExact(need, file.shared() ? 0 : SpaceStore.taken(file.size()));
            }
        } catch (ArithmeticException e) {
            throw StepStopped.failed("No Space Available: cart needs more bytes than can be counted");
        }
        return need;
    }

    @Override
    public long offset(CartFile file) {
        return 0;
    }

    @Override
    public void requireLayout() throws StepStopped {
        layOut();
    }

    @Override
    public void removeLeftovers() {}

    @Override
    void compare(Parts parts, Durability durability) throws StepStopped, IOException {
        boolean trusted = durability.isTrusted();
        if (trusted) {
            for (int i : staged().toArray()) {
                if (!tree.has(claimed.file(i))) {
                    claimed.set(i, claimed.file(i).lost());
                }
            }
        }
        if (durability != Durability.SYNCED) {
            requireLayout();
            rehash(trusted ? new int[0] : staged().toArray(), this::isRight);
            // A file in the tree needs no pull, whether or not the archive has it on disk.
            rehash(claimed.where(file -> file.status() == FileStatus.STAGING).toArray(), this::isRight);
            endHashing();
        }
    }

    private boolean isRight(CartFile file, Hashing hashing) throws IOException, StepStopped {
        if (!tree.has(file)) {
            return false;
        }
        try (FileChannel channel = tree.open(file)) {
            return channel.size() == file.size() && hashing.matches(file, channel, 0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public CartWriter writer(Parts parts) {
        return new TreeWriter(context.volume(), tree, claimed.files(), parts);
    }

    @Override
    void lose(Parts parts, int[] unsynced) throws IOException {
        List<CartFile> files = IntStream.of(unsynced).mapToObj(claimed::file).toList();
        for (int i : unsynced) {
            claimed.set(i, claimed.file(i).lost());
        }
        tree.clear(files, parts);
    }

    @Override
    public List<Path> stagedPaths() {
        return staged().mapToObj(i -> tree.path(claimed.file(i))).toList();
    }

    @Override
    public boolean growsInTheEnd() {
        return false;
    }

    @Override
    public void finish(Collection<Path> unsynced) throws IOException, StepStopped {
        for (CartFile file : claimed.files()) {
            if (!tree.has(file)) {
                context.volume().requireThere();
                throw StepStopped.failed("File " + file.path() + " is gone from the volume, or has not its size");
            }
        }
        try {
            context.volume().sync(unsynced);
        } catch (IOException e) {
            try (Parts parts = context.volume().parts(claimed.cart())) {
                loseUnsynced(parts);
            } catch (Overtaken overtaken) {
                throw overtaken;
            } catch (IOException again) {
                claimed.setDurability(Durability.UNPROVEN);
                e.addSuppressed(again);
            }
            throw e;
        }
        context.volume().syncNames(claimed.cart(), tree.directories(claimed.files()));
    }
}
