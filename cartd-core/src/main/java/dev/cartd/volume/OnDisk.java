package dev.cartd.volume;

import java.time.Instant;

/**
 * A regular file on the volume, as it is now.
 *
 * @param size its size in bytes
 * @param modified when its content last changed
 */
public record OnDisk(long size, Instant modified) {}
