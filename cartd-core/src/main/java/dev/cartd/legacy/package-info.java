/**
 * What exists only because a cart may have been made by Pacifica Cartd: how its ready carts are judged.
 */
@NullMarked
package dev.cartd.legacy;

import org.jspecify.annotations.NullMarked;
