/**
 * Pacifica's archive interface. {@link dev.cartd.archive.pacifica.PacificaArchive} is the archive,
 * {@code StatusHeaders} reads what its HEAD tells of a file, {@code Refusal} reads the reason from an error.
 */
@NullMarked
package dev.cartd.archive.pacifica;

import org.jspecify.annotations.NullMarked;
