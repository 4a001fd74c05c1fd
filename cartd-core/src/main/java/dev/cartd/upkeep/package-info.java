/**
 * Background work on carts that are not in work: finds damaged carts, measures carts of Pacifica Cartd, removes stray
 * directories and old rows of deleted carts, and points the uid link of each uid to its newest ready cart.
 */
@NullMarked
package dev.cartd.upkeep;

import org.jspecify.annotations.NullMarked;
