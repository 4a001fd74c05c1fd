/**
 * Pacifica's archive interface. {@link dev.cartd.archive.pacifica.PacificaArchive} is the archive,
 * {@code StatusHeaders} parses its answer to HEAD, {@code Refusal} makes an exception of an error response.
 */
@NullMarked
package dev.cartd.archive.pacifica;

import org.jspecify.annotations.NullMarked;
