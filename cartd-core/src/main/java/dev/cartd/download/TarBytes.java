package dev.cartd.download;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** The bytes of a ready cart's tar, as they are had from the volume. */
sealed interface TarBytes permits StreamedTar, StoredTar {
    /** How many there are. */
    long length();

    /** Their strong validator in hex digits. */
    String etag();

    /** What is wrong on the volume with what this range needs; empty if nothing is. */
    Optional<String> damage(long from, long to) throws IOException;

    /**
     * Keeps what memory they need until it is closed.
     *
     * @throws dev.cartd.cart.CartException.Unavailable if there is none now
     */
    default Layouts.Use use() {
        return () -> {};
    }

    /** Opens a range. */
    ReadableByteChannel open(long from, long to) throws IOException;
}
