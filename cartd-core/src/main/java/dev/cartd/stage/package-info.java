/** Staging: how a cart is taken one step further, and how much an archive can take. */
@NullMarked
package dev.cartd.stage;

import org.jspecify.annotations.NullMarked;
