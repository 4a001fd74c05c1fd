/**
 * Shared by all commands. A command gets its settings and opens carts or a server through {@code CommandContext}, which
 * the program implements. It opens its database through {@code CommandDatabase}, ends on a {@code StopSignal}, and
 * changes the log through {@code Logs}.
 */
@NullMarked
package dev.cartd.cli.command;

import org.jspecify.annotations.NullMarked;
