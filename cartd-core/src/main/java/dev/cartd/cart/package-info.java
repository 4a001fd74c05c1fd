/** What a cart is: its files, its states, and what is refused. */
@NullMarked
package dev.cartd.cart;

import org.jspecify.annotations.NullMarked;
