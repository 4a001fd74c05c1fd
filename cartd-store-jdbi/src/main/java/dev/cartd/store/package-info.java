/**
 * A database with carts in it, as the program sees it: {@code Database} opens it, checks and makes its tables, and
 * hands out the ports of the core. {@code DatabaseConfig} and {@code EngineConfig} are its settings,
 * {@code DatabaseUrl} chooses the dialect. Users of this module import this package only. It depends on all other
 * rooms, which do not know it.
 */
@NullMarked
package dev.cartd.store;

import org.jspecify.annotations.NullMarked;
