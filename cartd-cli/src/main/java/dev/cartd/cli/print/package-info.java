/**
 * The output of commands. People get tables that fit their terminal, programs get JSON, and {@code dump} writes YAML
 * too. Control characters of stored texts never reach a terminal. These classes read carts and change nothing.
 */
@NullMarked
package dev.cartd.cli.print;

import org.jspecify.annotations.NullMarked;
