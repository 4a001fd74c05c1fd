/**
 * What GET reads. {@code Bundles} finds the newest ready cart of a uid; {@code TreeBytes} computes a tar from a tree
 * and {@code FileBytes} reads a tar on disk; {@code Pins} keeps a cart from being evicted while it is read.
 */
@NullMarked
package dev.cartd.download;

import org.jspecify.annotations.NullMarked;
