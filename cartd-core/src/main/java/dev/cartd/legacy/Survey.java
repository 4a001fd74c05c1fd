package dev.cartd.legacy;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.FileNames;
import dev.cartd.volume.OnDisk;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Records the sizes and times of the files of a ready cart of Pacifica Cartd, or the length of its tar, which Pacifica
 * Cartd did not record. The values found on the volume are fixed from then on. Several threads and nodes may survey the
 * same cart at once.
 */
public final class Survey {
    /** A part of the cart is missing or wrong. */
    public static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        Damaged(String what) {
            super(what);
        }

        /** The damage, in words for people; never null. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private static final String ANY_TOP = "data";

    private final CartStore store;
    private final Volume volume;

    /** Surveys this store's carts on this volume. */
    public Survey(CartStore store, Volume volume) {
        this.store = store;
        this.volume = volume;
    }

    /** Whether this ready cart has not been surveyed yet. */
    public static boolean isDue(Cart cart) {
        return cart.progress().bytes().isEmpty();
    }

    /**
     * Surveys a ready cart, and records the result in the store.
     *
     * @return the cart with the values found
     * @throws Damaged if the cart is incomplete or wrong; nothing is recorded then
     * @throws IOException if the volume is not there or cannot be read, or this process cannot create names that the
     *     cart has ({@link FileNames#problem})
     * @throws CartException.Unavailable if the store does not answer
     */
    public Cart of(Cart cart) throws Damaged, IOException {
        if (!FileNames.canHold(cart)) {
            throw new Damaged("its uid cannot be the name of a directory");
        }
        return cart.bundle() ? ofTar(cart) : ofTree(cart);
    }

    private Cart ofTar(Cart cart) throws Damaged, IOException {
        OnDisk tar = volume.tar(cart).attributes().orElseThrow(() -> new Damaged("its tar is gone from the volume"));
        List<CartFile> files = store.files(cart.id());
        if (files.isEmpty()) {
            throw new Damaged("it has no files");
        }
        Optional<String> problem;
        try (FileChannel channel = volume.tar(cart).open()) {
            problem = PacificaTar.problem(channel, files);
        }
        if (problem.isPresent()) {
            throw new Damaged(problem.get());
        }
        return recorded(cart, cart.progress().files(), tar.size(), List.of());
    }

    private Cart ofTree(Cart cart) throws Damaged, IOException {
        List<CartFile> files = new ArrayList<>();
        long bytes = 0;
        for (CartFile file : store.files(cart.id())) {
            CartFile found = file.known() ? file : found(cart, file);
            files.add(found);
            bytes += found.size();
        }
        if (files.isEmpty()) {
            throw new Damaged("it has no files");
        }
        requireLayout(files);
        return recorded(cart, files.size(), bytes, files);
    }

    private CartFile found(Cart cart, CartFile file) throws Damaged, IOException {
        if (!FileNames.canName(file.path())) {
            throw new IOException(FileNames.problem().orElse(""));
        }
        if (!file.bundlePath().map(FileNames::canHold).orElse(false)) {
            throw new Damaged("file number " + file.id() + " has a path that is not allowed");
        }
        OnDisk found = volume.tree(cart)
                .attributes(file)
                .orElseThrow(() -> new Damaged("file " + file.path() + " is gone from the volume"));
        if (file.checksum().problem().isEmpty() && isHashOfNothing(file) != (found.size() == 0)) {
            throw new Damaged("file " + file.path() + " has " + found.size() + " bytes, which contradicts its hash");
        }
        long mtime = Archive.Found.nearestMtime(found.modified());
        return file.seen(found.size(), mtime, file.online());
    }

    /** Whether the hash is that of no bytes: the only size that follows from a hash. */
    private static boolean isHashOfNothing(CartFile file) {
        byte[] nothing = file.checksum().newDigest().digest();
        return HexFormat.of().formatHex(nothing).equals(file.checksum().value());
    }

    private static void requireLayout(List<CartFile> files) throws Damaged {
        try {
            TarLayout.of(ANY_TOP, files);
        } catch (CartException.Failed e) {
            throw new Damaged(e.getMessage());
        }
    }

    private Cart recorded(Cart cart, int files, long bytes, List<CartFile> found) throws IOException {
        Cart known = cart.with(new Cart.Progress(files, files, bytes, bytes)).holding(volume.measure(cart));
        volume.requireThere();
        store.space().measured(known, found);
        return known;
    }
}
