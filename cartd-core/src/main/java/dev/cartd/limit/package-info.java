/**
 * How many requests the archive is sent at once. {@code RequestLimit} hands out the turns, {@code Learned} learns from
 * the answers how many the archive can take, and {@code NodeAllowance} knows which part of them this node may have.
 */
@NullMarked
package dev.cartd.limit;

import org.jspecify.annotations.NullMarked;
