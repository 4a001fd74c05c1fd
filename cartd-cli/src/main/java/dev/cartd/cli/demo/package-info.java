/**
 * The command {@code demo}. It makes an archive, starts a server on it, and plays the client over HTTP. Then it
 * extracts the tar and proves every file.
 */
@NullMarked
package dev.cartd.cli.demo;

import org.jspecify.annotations.NullMarked;
