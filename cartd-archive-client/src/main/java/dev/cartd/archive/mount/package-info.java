/**
 * A mounted directory as an archive. The core reads its files ({@link dev.cartd.local.DirectoryArchive}); this room
 * gives each call a deadline, since a mount whose server is away may not answer for ever.
 */
@NullMarked
package dev.cartd.archive.mount;

import org.jspecify.annotations.NullMarked;
