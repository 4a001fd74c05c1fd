package dev.cartd.volume;

import dev.cartd.cart.Cart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the finished files of one cart lie on the volume: in a tree or in a tar. Immutable, and safe for use by many
 * threads.
 *
 * <p>Methods that need a path throw {@link IllegalArgumentException} if the cart's uid cannot be a file name, and
 * {@link UncheckedIOException} if this process cannot create the name; see {@link FileNames}. No method follows a
 * symlink to find a file.
 */
public abstract sealed class CartFiles permits CartTree, CartTar {
    final Volume volume;
    final Cart cart;

    CartFiles(Volume volume, Cart cart) {
        this.volume = volume;
        this.cart = cart;
    }

    /** The path of the tree or tar, whether it exists or not. */
    public abstract Path path();

    /** Whether a tree or tar can be what is at {@link #path}: a directory or a regular file. */
    abstract boolean isOfRightKind();

    /**
     * Whether the tree or tar of a ready cart exists.
     *
     * @throws VolumeNotThere if it does not because the volume is not there
     */
    public final boolean isThere() throws IOException {
        // notExists() is false too if this user may not read the directory: then the cart counts as there.
        if (FileNames.canHold(cart) && !Files.notExists(path(), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        volume.requireRecently();
        return false;
    }

    /** The path of an entry of the cart's directory. */
    final Path entry(String name) {
        if (!FileNames.canHold(cart)) {
            throw new IllegalArgumentException("cart " + cart.id() + " has a uid that cannot be a name on disk");
        }
        return FileNames.resolve(volume.directory(cart), name);
    }

    final boolean has(Path path, long size) throws IOException {
        if (Disk.isRegular(path, size)) {
            return true;
        }
        volume.requireRecently();
        return false;
    }

    final Optional<OnDisk> attributes(Path path) throws IOException {
        Optional<OnDisk> found = Disk.attributes(volume.root(), path);
        if (found.isEmpty()) {
            volume.requireRecently();
        }
        return found;
    }
}
