/** An HTTP client for the archive interface: {@code HttpArchive} implements the core's port {@code Archive}. */
@NullMarked
package dev.cartd.archive;

import org.jspecify.annotations.NullMarked;
