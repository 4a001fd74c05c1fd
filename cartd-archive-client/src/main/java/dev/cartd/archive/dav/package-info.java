/**
 * Any web server as an archive on disk. {@link dev.cartd.archive.dav.DavArchive} is all of it.
 */
@NullMarked
package dev.cartd.archive.dav;

import org.jspecify.annotations.NullMarked;
