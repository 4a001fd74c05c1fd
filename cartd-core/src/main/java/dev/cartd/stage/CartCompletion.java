package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.pull.ClaimedCart;
import dev.cartd.pull.StepContext;
import dev.cartd.pull.StepStopped;
import dev.cartd.pull.TarRescue;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;

/**
 * Completes a cart whose files are all staged: writes the headers of a tar and gives it its final name, or checks that
 * all files of a tree are present; then syncs the names. For the step's thread.
 */
final class CartCompletion {
    /** A staged file is missing from the volume or damaged. */
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

    private final StepContext context;
    private final Volume volume;
    private final Cart cart;
    private final ClaimedCart ledger;

    CartCompletion(StepContext context, ClaimedCart ledger) {
        this.context = context;
        this.volume = context.volume();
        this.cart = ledger.cart();
        this.ledger = ledger;
    }

    /**
     * Completes the cart. Can be run again after a crash at any instant. Does not sync the bytes of the files: that was
     * done when they were pulled.
     *
     * @throws Gone if a staged file or the tar is missing or damaged: the cart fails
     * @throws StepStopped if the claim was lost or the worker is closing
     * @throws IOException if the volume failed
     */
    void run() throws IOException, Gone, StepStopped {
        if (cart.bundle()) {
            finishTar();
        } else {
            checkTree();
        }
        volume.syncNames(cart);
    }

    private void finishTar() throws IOException, Gone, StepStopped {
        try (Parts parts = volume.parts(cart)) {
            finishTar(parts);
        }
    }

    private void finishTar(Parts parts) throws IOException, Gone, StepStopped {
        TarLayout layout = ledger.layOut();
        if (parts.has(Volume.TAR)) {
            try (Part tar = parts.open(Volume.TAR, new TarRescue(context, ledger, layout))) {
                requireAll();
                layout.writeHeaders(tar.channel());
                tar.channel().force(true);
                volume.tar(cart).place(tar.path(), parts);
            }
        } else if (!volume.tar(cart).has(layout.length())) {
            volume.requireThere();
            throw new Gone("The tar of the cart is gone from the volume, or has not its size");
        }
    }

    private void requireAll() throws Gone {
        if (!ledger.all(file -> file.status() == FileStatus.STAGED)) {
            throw new Gone("The tar of the cart is damaged: repair the cart");
        }
    }

    private void checkTree() throws IOException, Gone {
        for (CartFile file : ledger.files()) {
            if (!volume.tree(cart).has(file)) {
                volume.requireThere();
                throw new Gone("File " + file.path() + " is gone from the volume, or has not its size");
            }
        }
    }
}
