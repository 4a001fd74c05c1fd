/**
 * What a cart is downloaded as, a tar, a zip or a bag: computes the position of every byte, and reads any range of
 * bytes.
 */
@NullMarked
package dev.cartd.bundle;

import org.jspecify.annotations.NullMarked;
