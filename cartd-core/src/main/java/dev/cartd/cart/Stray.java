package dev.cartd.cart;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A stray: a numbered directory on the volume that belongs to no cart. It may be left from a database that was lost, or
 * another program may have made it.
 *
 * @param directory its path
 * @param made whether cartd certainly made it; cartd removes no other stray
 * @param changed when an entry of it was last made or removed
 */
public record Stray(Path directory, boolean made, Instant changed) {}
