/** The volume: the layout of carts on disk, and how their files are created, published and removed. */
@NullMarked
package dev.cartd.volume;

import org.jspecify.annotations.NullMarked;
