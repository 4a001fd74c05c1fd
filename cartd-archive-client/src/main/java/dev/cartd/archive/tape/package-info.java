/**
 * An archive with the Tape REST API of WLCG and WebDAV, such as dCache, EOS with CTA, or StoRM. {@link
 * dev.cartd.archive.tape.TapeArchive} is the archive, {@code TapeApi} sends what the API knows, and {@code KnownSizes}
 * remembers what was asked for.
 */
@NullMarked
package dev.cartd.archive.tape;

import org.jspecify.annotations.NullMarked;
