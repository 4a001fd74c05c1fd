package dev.cartd.bundle;

import java.time.Instant;

/**
 * What can be downloaded: the tar, zip or bag of a ready cart under one file name, or one file of a cart. It is a fixed
 * sequence of bytes, whether it exists on disk or is computed as it is read. Two bundles with the same {@link #etag}
 * have the same bytes. Any number of threads may call the methods.
 */
public interface Bundle {
    /**
     * The file name that the download proposes: not empty, without {@code /} and control characters; may be non-ASCII.
     * That of a tar has neither quotes nor backslashes.
     */
    String filename();

    /** What the bytes of a cart are; for a single file it says nothing. */
    default BundleFormat format() {
        return BundleFormat.TAR;
    }

    /** The length in bytes. */
    long length();

    /** The strong validator: letters, digits, {@code -} and {@code _}, without quotes. */
    String etag();

    /**
     * When the cart became ready, in whole seconds; for a single file, when the file was last modified. A cart of
     * Pacifica Cartd for which that was not recorded has the time at which it was created.
     */
    Instant modified();

    /**
     * Opens the bytes from {@code from} (included) to {@code to} (not included). A ready cart is pinned, so that no
     * node evicts it, until the caller closes the channel.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length}
     * @throws dev.cartd.cart.CartException.NotFound if the cart was deleted meanwhile
     * @throws dev.cartd.cart.CartException.NotReady if the cart is in work again
     * @throws dev.cartd.cart.CartException.Failed if the cart is in error, or a file of the range is gone or has
     *     another size; the cart is in error from then on
     * @throws dev.cartd.cart.CartException.VolumeAway if the volume is not there
     * @throws dev.cartd.cart.CartException.Unavailable if the volume cannot be read, the store does not answer, or
     *     memory is short
     */
    BundleChannel open(long from, long to);
}
