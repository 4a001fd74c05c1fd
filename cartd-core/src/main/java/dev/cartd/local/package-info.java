/** Ports that need nothing but this process and its file system, so that the core can be embedded alone. */
@NullMarked
package dev.cartd.local;

import org.jspecify.annotations.NullMarked;
