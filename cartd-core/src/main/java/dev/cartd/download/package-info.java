/**
 * Downloads. {@code Bundles} opens the tar, zip or bag of a ready cart, or one of its files; {@code ComputedBytes}
 * computes it from the files of a {@code FileSource}, and {@code StoredTar} reads a tar on the volume; {@code
 * MissingSums} computes what a zip or a bag needs; {@code Layouts} caches layouts; {@code DownloadGuard} pins a cart
 * while it is downloaded, by {@code DownloadPins}, and moves it to error if its files are gone.
 */
@NullMarked
package dev.cartd.download;

import org.jspecify.annotations.NullMarked;
