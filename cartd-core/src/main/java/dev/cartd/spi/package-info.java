/**
 * The ports: the interfaces through which cartd uses an archive, a store, a scheduler and other nodes. Their Javadoc is
 * the contract of each implementation.
 */
@NullMarked
package dev.cartd.spi;

import org.jspecify.annotations.NullMarked;
