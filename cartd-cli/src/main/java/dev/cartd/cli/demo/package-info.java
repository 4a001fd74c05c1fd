/**
 * The command {@code demo}. It makes an archive, starts a server for it, and acts as an HTTP client. Then it extracts
 * the tar and verifies every file.
 */
@NullMarked
package dev.cartd.cli.demo;

import org.jspecify.annotations.NullMarked;
