/**
 * The port {@code CartStore}: carts and their files. {@code SqlCartStore} combines statements to transactions; each
 * statement is a class that is named after what it does. {@code CartColumns} reads rows as Pacifica Cartd shows them.
 * This package depends on {@code sql} and {@code rows}; the other stores are passed to its constructor.
 */
@NullMarked
package dev.cartd.store.carts;

import org.jspecify.annotations.NullMarked;
