/** Implementations of the ports that need only this process and its file system, so that the core can be used alone. */
@NullMarked
package dev.cartd.local;

import org.jspecify.annotations.NullMarked;
