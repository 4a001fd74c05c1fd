/** The facade: the classes with which a program or a server uses cartd. */
@NullMarked
package dev.cartd;

import org.jspecify.annotations.NullMarked;
