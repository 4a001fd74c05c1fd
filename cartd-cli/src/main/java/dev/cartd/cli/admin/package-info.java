/**
 * The commands for operators: list, status, dump, space, keep, purge, fixit, check-archive, token, link, dbsync and
 * dbchk. They read the database directly. A command that causes work leaves it to a running server; where none runs it does the work itself.
 */
@NullMarked
package dev.cartd.cli.admin;

import org.jspecify.annotations.NullMarked;
