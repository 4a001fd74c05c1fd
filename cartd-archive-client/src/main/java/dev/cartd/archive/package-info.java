/** The archive interface over HTTP, behind the core's port. */
@NullMarked
package dev.cartd.archive;

import org.jspecify.annotations.NullMarked;
