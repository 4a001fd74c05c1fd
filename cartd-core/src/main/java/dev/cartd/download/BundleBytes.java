package dev.cartd.download;

import dev.cartd.bundle.BundleChannel;
import java.io.IOException;
import java.util.Optional;

/** Reads the bytes of a ready cart's bundle from the volume. Implementations are safe for use by many threads. */
sealed interface BundleBytes permits ComputedBytes, StoredTar {
    /** The length in bytes. */
    long length();

    /** The strong validator in hex digits. */
    String etag();

    /**
     * The damage to a file that has bytes in this range, in words for people; empty if there is none.
     *
     * @throws IOException if the volume is not there or cannot be read
     */
    Optional<String> damage(long from, long to) throws IOException;

    /**
     * Reserves the memory that reading needs, until the result is closed.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if memory is short
     */
    default Layouts.Use use() {
        return () -> {};
    }

    /** Opens the bytes from {@code from} (included) to {@code to} (not included). */
    BundleChannel open(long from, long to) throws IOException;
}
