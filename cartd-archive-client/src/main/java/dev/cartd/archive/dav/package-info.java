/**
 * Any web server as an archive on disk. {@link dev.cartd.archive.dav.DavArchive} is the archive, {@code Answer} reads
 * what the server says.
 */
@NullMarked
package dev.cartd.archive.dav;

import org.jspecify.annotations.NullMarked;
