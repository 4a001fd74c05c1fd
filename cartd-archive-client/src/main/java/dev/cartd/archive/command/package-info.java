/**
 * An archive behind a program of the operator's. {@link dev.cartd.archive.command.CommandArchive} is the archive,
 * {@code Program} starts the program, {@code Run} is one process of it, and {@code Answers} reads what it prints.
 */
@NullMarked
package dev.cartd.archive.command;

import org.jspecify.annotations.NullMarked;
