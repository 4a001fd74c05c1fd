/** The types of a cart: the request, the cart and its files, their states, waits and failures. */
@NullMarked
package dev.cartd.cart;

import org.jspecify.annotations.NullMarked;
