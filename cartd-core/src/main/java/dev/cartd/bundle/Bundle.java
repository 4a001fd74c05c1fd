package dev.cartd.bundle;

import java.nio.channels.ReadableByteChannel;
import java.time.Instant;

/**
 * The tar of a ready cart under one file name: a fixed sequence of bytes, whether it exists on disk or not. Two bundles
 * with the same {@link #etag} have the same bytes.
 */
public interface Bundle {
    /** The name to save it under: not empty, no path separators, quotes or control characters; may be non-ASCII. */
    String filename();

    /** Its length in bytes. */
    long length();

    /** Its strong validator: hex digits, without quotes. */
    String etag();

    /** When the cart became ready, in whole seconds. */
    Instant modified();

    /**
     * Opens the bytes from {@code from} (included) to {@code to} (not included); {@code 0 <= from <= to <= length}. The
     * cart counts as in use until the channel is closed. Reads fill the buffer as far as there are bytes, and fail when
     * a file turns out to be gone or damaged: no byte is ever made up or left out. A channel is for one thread at a
     * time.
     */
    ReadableByteChannel open(long from, long to);
}
