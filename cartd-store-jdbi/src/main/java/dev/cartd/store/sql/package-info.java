/**
 * Connections to a database, for all rooms beside this one. {@code Connections} has a pool that reads and a pool that
 * writes, runs transactions, and notices when the database goes away and when it is back. {@code Dialect} says what
 * differs between kinds of databases. {@code NodeLock} tells which processes of this machine are alive. Nothing here
 * knows what a cart is. This room depends on no other room of the module.
 */
@NullMarked
package dev.cartd.store.sql;

import org.jspecify.annotations.NullMarked;
