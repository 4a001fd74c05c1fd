package dev.cartd.volume;

import dev.cartd.cart.Cart;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The tar of a bundled cart on the volume. Immutable, and safe for use by many threads. */
public final class CartTar extends CartFiles {
    private static final int RENAMES = 3;

    CartTar(Volume volume, Cart cart) {
        super(volume, cart);
    }

    @Override
    public Path path() {
        return entry(cart.uid() + ".tar");
    }

    @Override
    boolean isOfRightKind() {
        return Files.isRegularFile(path(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens the tar for reading: the finished one, otherwise the unfinished one of the latest step.
     *
     * @throws NoSuchFileException if there is neither
     */
    public FileChannel open() throws IOException {
        try {
            return openFinished();
        } catch (NoSuchFileException e) {
            // Each step of the cart renames the unfinished tar, and the last step renames it to the finished one.
            for (int i = 0; i < RENAMES; i++) {
                Optional<FileChannel> part = Parts.newest(volume.part(cart), Parts.TAR);
                if (part.isPresent()) {
                    return part.get();
                }
            }
            return openFinished();
        }
    }

    /**
     * Opens the tar of a cart in work for reading: the unfinished one of the latest step, otherwise the finished one.
     * If there are both, the latest step makes nothing of the finished one.
     *
     * @throws NoSuchFileException if there is neither, or the unfinished one is being renamed again and again
     * @throws VolumeNotThere if there is neither because the volume is not there
     */
    public FileChannel openUnfinished() throws IOException {
        for (int i = 1; ; i++) {
            Optional<FileChannel> part = Parts.newest(volume.part(cart), Parts.TAR);
            if (part.isPresent()) {
                return part.get();
            }
            try {
                return openFinished();
            } catch (NoSuchFileException e) {
                if (i == RENAMES) {
                    volume.requireRecently();
                    throw e;
                }
            }
        }
    }

    /**
     * Opens the finished tar for reading.
     *
     * @throws NoSuchFileException if there is no regular file at its path
     */
    public FileChannel openFinished() throws IOException {
        return Disk.read(path());
    }

    /**
     * The attributes of the finished tar; empty if there is no regular file at its path.
     *
     * @throws VolumeNotThere if there is none because the volume is not there
     */
    public Optional<OnDisk> attributes() throws IOException {
        return attributes(path());
    }

    /**
     * Whether the finished tar is there, as a regular file of this size.
     *
     * @throws VolumeNotThere if it is not because the volume is not there
     */
    public boolean has(long size) throws IOException {
        return has(path(), size);
    }

    /**
     * Turns the finished tar, if there is one, into the unfinished tar. If there is an unfinished tar already, removes
     * the finished one. The caller must have checked its claim after it opened {@code parts}.
     *
     * @throws VolumeNotThere if the volume is not there
     */
    public void takeBack(Parts parts) throws IOException {
        volume.requireThere();
        Path tar = path();
        volume.requireStraight(tar);
        if (isOfRightKind()) {
            parts.adopt(Parts.TAR, tar);
        }
    }

    /**
     * Moves the finished tar to its final path. Replaces only an earlier tar of the same cart, which is being repaired.
     *
     * @throws FileAlreadyExistsException if something else is at the path
     * @throws Overtaken if a later step has begun
     */
    public void place(Path part, Parts parts) throws IOException {
        Path tar = path();
        volume.requireStraight(tar);
        try {
            if (isOfRightKind()) {
                parts.remove(tar);
            }
            volume.move(part, tar);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(
                    tar.toString(), null, "it is in the way, and cartd did not make it: move it away");
        } catch (NoSuchFileException e) {
            throw Parts.explained(e, part);
        }
    }
}
