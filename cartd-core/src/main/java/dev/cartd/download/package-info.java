/**
 * Downloads. {@code Bundles} opens the tar of a ready cart; {@code StreamedTar} computes a tar from the files of a
 * tree, and {@code StoredTar} reads a tar on the volume; {@code Layouts} caches layouts; {@code DownloadPins} protects
 * a cart from eviction while it is downloaded.
 */
@NullMarked
package dev.cartd.download;

import org.jspecify.annotations.NullMarked;
