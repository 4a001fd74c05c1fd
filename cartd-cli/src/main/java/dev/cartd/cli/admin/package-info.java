/**
 * The commands for operators, each a class with its name. They read the database directly. A command that causes work
 * leaves it to a running server; where none runs it does the work itself.
 */
@NullMarked
package dev.cartd.cli.admin;

import org.jspecify.annotations.NullMarked;
