/** The tar: where every byte of it is, and how to have any range of them. */
@NullMarked
package dev.cartd.bundle;

import org.jspecify.annotations.NullMarked;
