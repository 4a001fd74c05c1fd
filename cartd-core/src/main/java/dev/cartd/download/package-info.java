/**
 * Downloads. {@code Bundles} opens the tar or zip of a ready cart; {@code ComputedBytes} computes it from the files of
 * a {@code FileSource}, and {@code StoredTar} reads a tar on the volume; {@code MissingCrcs} computes what a zip needs;
 * {@code Layouts} caches layouts; {@code DownloadPins} protects a cart from eviction while it is downloaded.
 */
@NullMarked
package dev.cartd.download;

import org.jspecify.annotations.NullMarked;
