/**
 * {@code cartd doctor}: looks at all that a server needs, and says what is wrong and what to do. Each {@code Check}
 * looks at one thing and returns what it found. None changes a cart.
 */
@NullMarked
package dev.cartd.cli.doctor;

import org.jspecify.annotations.NullMarked;
