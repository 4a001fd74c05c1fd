/**
 * The entry point of the program. {@code CartdCommand} is the command line, and {@code Wiring} is the one place that
 * knows every module and puts them together. The commands are in the rooms below and know neither of the two.
 */
@NullMarked
package dev.cartd.cli;

import org.jspecify.annotations.NullMarked;
