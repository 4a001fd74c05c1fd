/**
 * The archives that cartd can pull from. {@link dev.cartd.archive.Archives} opens one by its URL. Each kind is a
 * constant of {@code ArchiveKind} and has a room of its own, which knows none of the others; docs/architecture.md has
 * them all.
 */
@NullMarked
package dev.cartd.archive;

import org.jspecify.annotations.NullMarked;
