package dev.cartd.pull;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.volume.OnDisk;
import dev.cartd.volume.Overtaken;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
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
 * Gives verified files of a streamed cart their names in the tree. No file takes the place of another one of the cart,
 * however the file system folds names; what a crash left of the same file gives way. Safe for use by many threads.
 */
final class IntoPlace {
    /** The file cannot have a name of its own on this volume. */
    static final class Impossible extends Exception {
        private static final long serialVersionUID = 1;

        Impossible(String why) {
            super(why);
        }

        /** Why, in words for people. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private final Volume volume;
    private final Cart cart;
    private final List<CartFile> files;
    private final Parts parts;

    /** For this cart, of which these are all files, and whose step has these parts. */
    IntoPlace(Volume volume, Cart cart, List<CartFile> files, Parts parts) {
        this.parts = parts;
        this.volume = volume;
        this.cart = cart;
        this.files = files;
    }

    /**
     * Moves a verified file to its place.
     *
     * @throws Impossible if it never can be there
     * @throws IOException if it cannot be there now
     */
    void place(CartFile file, Path part) throws IOException, Impossible {
        try {
            volume.place(cart, file, part);
        } catch (Overtaken e) {
            throw e; // What is in the way may be a later step's.
        } catch (IOException e) {
            if (isThere(file)) {
                Files.deleteIfExists(part);
                return;
            }
            requireOwnName(file);
            if (!volume.clear(cart, file, parts)) {
                throw e;
            }
            volume.place(cart, file, part);
        }
    }

    /** Whether it has its name already, by a step that was broken off, or by another path with the same bytes. */
    private boolean isThere(CartFile file) throws IOException {
        return volume.has(cart, file)
                && hash(file, file.checksum()).equals(file.checksum().value());
    }

    private void requireOwnName(CartFile file) throws IOException, Impossible {
        Optional<CartFile> other = other(file, theirs -> volume.areOne(cart, file, theirs));
        if (other.isEmpty()) {
            other = owner(file);
        }
        if (other.isPresent()) {
            throw new Impossible(
                    "on this volume it has the same name as " + other.get().path());
        }
        if (volume.isImpossible(cart, file)) {
            throw new Impossible("the volume cannot have a file of this name");
        }
    }

    @FunctionalInterface
    private interface Question {
        boolean isSo(CartFile other) throws IOException;
    }

    private Optional<CartFile> other(CartFile file, Question question) throws IOException {
        for (CartFile other : files) {
            if (!other.bundlePath().equals(file.bundlePath()) && question.isSo(other)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    /** Whose bytes are in the place of a file: however the file system came to take the two for one. */
    private Optional<CartFile> owner(CartFile file) throws IOException {
        Optional<OnDisk> found = volume.look(cart, file);
        if (found.isEmpty()) {
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

    /** The hash of what is in the place of a file. */
    private String hash(CartFile file, Checksum kind) throws IOException {
        MessageDigest digest = kind.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try (FileChannel channel = volume.open(cart, file)) {
            while (channel.read(buffer.clear()) > 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
