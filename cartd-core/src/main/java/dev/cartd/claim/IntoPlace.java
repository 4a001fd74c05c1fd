package dev.cartd.claim;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.volume.CartTree;
import dev.cartd.volume.OnDisk;
import dev.cartd.volume.Overtaken;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves verified files of a streamed cart to their names in the tree. A file never replaces another file of the cart,
 * even if the file system takes two names for one; what a crash left of the same file is replaced. Safe for use by many
 * threads.
 */
final class IntoPlace {
    private final CartTree tree;
    private final List<CartFile> files;
    private final Parts parts;

    /** @param files all files of the cart */
    IntoPlace(CartTree tree, List<CartFile> files, Parts parts) {
        this.parts = parts;
        this.tree = tree;
        this.files = files;
    }

    /**
     * Moves a verified file to its place.
     *
     * @throws CartWriter.Impossible if the volume can never hold it there
     * @throws IOException if the volume failed
     */
    void place(CartFile file, Path part) throws IOException, CartWriter.Impossible {
        try {
            tree.place(file, part);
        } catch (Overtaken e) {
            throw e; // The file in the way may be a later step's: leave it alone.
        } catch (IOException e) {
            if (isThere(file)) {
                Files.deleteIfExists(part);
                return;
            }
            requireOwnName(file);
            if (!tree.clear(file, parts)) {
                throw e;
            }
            tree.place(file, part);
        }
    }

    /**
     * Whether a file with the right bytes has the name already: an interrupted step placed it, or another path of the
     * cart folds to the same name and has equal content.
     */
    private boolean isThere(CartFile file) throws IOException {
        return tree.has(file)
                && hash(file, file.checksum()).equals(file.checksum().value());
    }

    private void requireOwnName(CartFile file) throws IOException, CartWriter.Impossible {
        Optional<CartFile> other = other(file, theirs -> tree.areOne(file, theirs));
        if (other.isEmpty()) {
            other = owner(file);
        }
        if (other.isPresent()) {
            throw new CartWriter.Impossible(
                    "on this volume it has the same name as " + other.get().path());
        }
        if (tree.isImpossible(file)) {
            throw new CartWriter.Impossible("the volume cannot have a file of this name");
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean test(CartFile other) throws IOException;
    }

    private Optional<CartFile> other(CartFile file, Condition condition) throws IOException {
        for (CartFile other : files) {
            if (!other.bundlePath().equals(file.bundlePath()) && condition.test(other)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    /**
     * The other file of the cart whose bytes have the name of this one, however the file system folds names. That there
     * are no bytes says nothing: after a power cut many a file is empty.
     */
    private Optional<CartFile> owner(CartFile file) throws IOException {
        Optional<OnDisk> found = tree.attributes(file);
        if (found.isEmpty() || found.get().size() == 0) {
            return Optional.empty();
        }
        Map<String, String> hashes = new HashMap<>();
        return other(file, other -> {
            if (other.size() != found.get().size() || other.checksum().equals(file.checksum())) {
                return false;
            }
            String type = other.checksum().type();
            if (!hashes.containsKey(type)) {
                hashes.put(type, hash(file, other.checksum()));
            }
            return other.checksum().value().equals(hashes.get(type));
        });
    }

    /** The hash of the bytes that have the name of a file in the tree. */
    private String hash(CartFile file, Checksum kind) throws IOException {
        MessageDigest digest = kind.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try (FileChannel channel = tree.open(file)) {
            while (channel.read(buffer.clear()) > 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
