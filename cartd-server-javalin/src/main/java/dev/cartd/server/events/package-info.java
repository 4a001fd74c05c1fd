/**
 * What becomes of a cart, as server-sent events, {@code /-/carts/{uid}/events}. {@code EventRoutes} answers; each
 * client is a {@code Listener}, and {@code Watch} reads each cart once a second for all of its listeners. An
 * {@code Event} is the cart as JSON.
 */
@NullMarked
package dev.cartd.server.events;

import org.jspecify.annotations.NullMarked;
