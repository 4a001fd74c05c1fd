package dev.cartd.volume;

import java.time.Instant;

/**
 * The attributes of a regular file on the volume, at the time they were read.
 *
 * @param size the size in bytes
 * @param modified the modification time
 */
public record OnDisk(long size, Instant modified) {}
