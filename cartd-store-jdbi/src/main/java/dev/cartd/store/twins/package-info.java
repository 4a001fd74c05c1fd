/**
 * The port {@code TwinStore}: files that several carts have in common. {@code FindTwins} finds them, {@code BeginPulls}
 * marks files as being pulled, {@code RecordSharing} records that files share their bytes. This package depends on
 * {@code sql} and {@code rows}.
 */
@NullMarked
package dev.cartd.store.twins;

import org.jspecify.annotations.NullMarked;
