/** Carts and their wake-ups on a database: the ports {@code CartStore} and {@code Scheduler} over JDBI and db-scheduler. */
@NullMarked
package dev.cartd.store;

import org.jspecify.annotations.NullMarked;
