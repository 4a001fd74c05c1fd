/**
 * The port {@code TwinStore}: files that several carts ask for. {@code FindTwins} finds them, {@code BeginPulls} says
 * who pulls which, {@code RecordSharing} writes which files share their bytes. This package depends on {@code sql} and
 * {@code rows}.
 */
@NullMarked
package dev.cartd.store.twins;

import org.jspecify.annotations.NullMarked;
