/** Who owns carts, and the keys of the links to them: {@code SqlCartOwners}. */
@NullMarked
package dev.cartd.store.access;

import org.jspecify.annotations.NullMarked;
