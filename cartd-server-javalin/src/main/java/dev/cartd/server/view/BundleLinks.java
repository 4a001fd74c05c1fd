package dev.cartd.server.view;

import dev.cartd.bundle.BundleName;
import dev.cartd.cart.Cart;
import dev.cartd.cart.FileCounts;
import dev.cartd.server.http.OwnPaths;
import java.util.Optional;

/**
 * The addresses of what a cart can be downloaded as, once it is ready.
 *
 * @param tarName the file name of the tar
 * @param zip empty for a cart that cannot be had as a zip
 * @param bag empty for a cart that cannot be had as a bag
 */
public record BundleLinks(String tar, String tarName, Optional<String> zip, Optional<String> bag) {
    /**
     * Those of a live cart whose files are counted.
     *
     * @param paths those of its uid
     */
    public static BundleLinks of(OwnPaths paths, Cart cart, FileCounts counts) {
        String name = BundleName.directory(cart.uid());
        boolean hasFiles = hasFiles(cart);
        boolean isBag = hasFiles && !counts.hashTypes().isEmpty();
        return new BundleLinks(
                paths.tar(name + ".tar"),
                name + ".tar",
                hasFiles ? Optional.of(paths.zip(name + ".zip")) : Optional.empty(),
                isBag ? Optional.of(paths.bag(name + "-bag.tar")) : Optional.empty());
    }

    /** Whether the files of a cart can be told apart: those in a tar that Pacifica Cartd made cannot. */
    public static boolean hasFiles(Cart cart) {
        return !cart.bundle() || cart.origin() != Cart.Origin.PACIFICA;
    }
}
