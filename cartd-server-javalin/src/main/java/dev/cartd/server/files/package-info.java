/**
 * The files of a cart singly, and what proves them. {@code FileRoutes} answers {@code /-/carts/{uid}/files/{path}} with
 * the {@code Digests} of the file, {@code ProofRoutes} answers with a {@code Manifest} or a {@code Metalink} document
 * of all files, which {@code FileLines} makes page by page.
 */
@NullMarked
package dev.cartd.server.files;

import org.jspecify.annotations.NullMarked;
