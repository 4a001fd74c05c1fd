/** The tar of a cart: computes the position of every byte, and reads any range of bytes. */
@NullMarked
package dev.cartd.bundle;

import org.jspecify.annotations.NullMarked;
