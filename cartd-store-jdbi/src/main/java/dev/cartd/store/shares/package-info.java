/**
 * The port {@code RequestShares}: how the nodes of one database share the limit of requests to the archive.
 * {@code SqlRequestShares} keeps a row for each node, {@code NodeShare} computes what is fair. This package depends on
 * {@code sql} only.
 */
@NullMarked
package dev.cartd.store.shares;

import org.jspecify.annotations.NullMarked;
