/**
 * What GET reads. {@code Bundles} finds the newest ready cart of a uid; {@code StreamedTar} computes a tar from a tree
 * and {@code StoredTar} reads a tar on disk; {@code DownloadPins} keeps a cart from being evicted while it is read.
 */
@NullMarked
package dev.cartd.download;

import org.jspecify.annotations.NullMarked;
