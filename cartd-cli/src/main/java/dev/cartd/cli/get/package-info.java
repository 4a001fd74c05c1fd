/**
 * The command {@code get}, the client for people. {@code CartServer} talks with a server about the cart of a
 * {@code CartLink}; {@code CartWatch} waits for the cart. {@code FilesDownload} fetches its files, each by a
 * {@code FileFetch}, into a {@code TargetDirectory}; {@code TarDownload} fetches its tar. Both believe a server nothing
 * that can be checked.
 */
@NullMarked
package dev.cartd.cli.get;

import org.jspecify.annotations.NullMarked;
