/** The volume: how carts lie on disk, what makes them visible, and how they go. */
@NullMarked
package dev.cartd.volume;

import org.jspecify.annotations.NullMarked;
