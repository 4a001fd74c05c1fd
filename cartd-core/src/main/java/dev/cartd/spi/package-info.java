/** The ports: what cartd needs of the world. Their javadoc is their contract. */
@NullMarked
package dev.cartd.spi;

import org.jspecify.annotations.NullMarked;
