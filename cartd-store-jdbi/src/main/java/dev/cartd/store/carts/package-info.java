/**
 * The port {@code CartStore}: carts and their files. {@code SqlCartStore} says which statements make a transaction;
 * each statement is a class that is named after what it does. {@code CartColumns} reads rows as Pacifica Cartd shows
 * them. This package depends on {@code sql} and {@code rows}; it gets the other stores when it is constructed.
 */
@NullMarked
package dev.cartd.store.carts;

import org.jspecify.annotations.NullMarked;
