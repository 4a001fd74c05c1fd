package dev.cartd.cart;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A numbered directory on the volume that belongs to no cart: left from a database that is gone, say, or somebody else's.
 *
 * @param directory where it is
 * @param made whether cartd made it, for sure; no other is ever removed
 * @param changed when something was last made or removed in it
 */
public record Stray(Path directory, boolean made, Instant changed) {}
