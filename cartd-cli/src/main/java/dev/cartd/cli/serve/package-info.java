/**
 * The commands that run until a signal ends them: {@code serve} answers requests and works on carts, {@code work} only
 * works. {@code StartLog} logs what each of them works with.
 */
@NullMarked
package dev.cartd.cli.serve;

import org.jspecify.annotations.NullMarked;
