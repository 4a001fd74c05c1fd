/**
 * The archives that cartd can pull from. {@link dev.cartd.archive.Archives} opens one by its URL; each kind is a
 * constant of {@code ArchiveKind} and has a room of its own:
 *
 * <ul>
 *   <li>{@code http}: shared by all kinds that speak HTTP: requests with deadlines, URLs of files, messages for failed
 *       connections
 *   <li>{@code pacifica}: Pacifica's archive interface
 *   <li>{@code dav}: any web server, as an archive on disk
 *   <li>{@code s3}: a bucket of an object store that speaks S3
 *   <li>{@code tape}: an archive with the Tape REST API of WLCG
 *   <li>{@code command}: a program that the operator wrote
 *   <li>{@code mount}: a mounted directory, which the core reads ({@link dev.cartd.local.DirectoryArchive})
 * </ul>
 *
 * <p>No kind knows another.
 */
@NullMarked
package dev.cartd.archive;

import org.jspecify.annotations.NullMarked;
