/**
 * Support for carts that Pacifica Cartd made: checks its ready carts, and records what it did not record itself.
 */
@NullMarked
package dev.cartd.legacy;

import org.jspecify.annotations.NullMarked;
