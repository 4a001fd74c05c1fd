/**
 * Connections to a database, for all other packages of the module. {@code Connections} has a pool for reading and a
 * pool for writing, runs transactions, and detects when the database goes away and when it is back. {@code Dialect}
 * contains the differences between the kinds of databases. {@code NodeLock} finds out which processes of this machine
 * are alive. Nothing here knows about carts. This package depends on no other package of the module.
 */
@NullMarked
package dev.cartd.store.sql;

import org.jspecify.annotations.NullMarked;
