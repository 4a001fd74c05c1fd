/**
 * A claimed cart during one step. {@code ClaimedCart} collects the changes of the step and records them in the store;
 * {@code CartForm} is what the step does differently for a tree and for a tar, and {@code CartWriter} how it writes the
 * files of one; {@code Reservation} is the cart's room.
 */
@NullMarked
package dev.cartd.claim;

import org.jspecify.annotations.NullMarked;
