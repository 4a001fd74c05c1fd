/** The notices that are to be sent, and the statements about them. */
@NullMarked
package dev.cartd.store.notices;

import org.jspecify.annotations.NullMarked;
