package dev.cartd.stage;

import dev.cartd.bundle.BundleName;
import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.util.List;

/** Makes a cart whole whose files are all staged: the tar gets its headers and its name, and all of it is made durable. */
final class Finish {
    /** A file that was staged is not there any more. */
    static final class Gone extends Exception {
        private static final long serialVersionUID = 1;

        Gone(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private final Volume volume;
    private final Cart cart;
    private final List<CartFile> files;

    Finish(Volume volume, Cart cart, List<CartFile> files) {
        this.volume = volume;
        this.cart = cart;
        this.files = files;
    }

    /** May be run again after a crash at any instant. The bytes of the files were made durable when they were pulled. */
    void run() throws IOException, Gone {
        if (cart.bundle()) {
            finishTar();
        } else {
            checkTree();
        }
        volume.syncNames(cart);
    }

    private void finishTar() throws IOException, Gone {
        Parts parts = volume.parts(cart);
        TarLayout layout = layOut();
        if (parts.has(Volume.TAR)) {
            try (Part tar = parts.open(Volume.TAR, new TarRescue(layout, files, parts))) {
                layout.writeHeaders(tar.channel());
                tar.channel().force(true);
                volume.placeTar(cart, tar.path());
            }
        } else if (!volume.hasTar(cart, layout.length())) {
            throw new Gone("The tar of the cart is gone from the volume, or has not its size");
        }
    }

    private TarLayout layOut() throws Gone {
        try {
            return TarLayout.of(BundleName.directory(cart.uid()), files);
        } catch (CartException.Failed e) {
            throw new Gone("Failed to lay out the tar: " + e.getMessage());
        }
    }

    private void checkTree() throws IOException, Gone {
        for (CartFile file : files) {
            if (!volume.has(cart, file)) {
                throw new Gone("File " + file.path() + " is gone from the volume, or has not its size");
            }
        }
    }
}
