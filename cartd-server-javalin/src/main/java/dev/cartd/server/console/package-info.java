/**
 * The console, {@code /-/}: a page for those who run the server, with buttons that do what commands do.
 * {@code ConsoleRoutes} answers; a {@code ConsolePage} is what the page shows, an {@code Action} what a button does. The
 * templates are in {@code src/main/jte-console}; the build makes a class of each, in this package.
 */
@NullMarked
package dev.cartd.server.console;

import org.jspecify.annotations.NullMarked;
