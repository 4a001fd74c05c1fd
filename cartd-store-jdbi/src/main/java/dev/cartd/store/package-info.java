/**
 * The entry point of this module. {@code Database} opens a database of carts, checks and creates its tables, and
 * implements the ports of the core. {@code DatabaseConfig} and {@code EngineConfig} are its settings,
 * {@code DatabaseUrl} chooses the dialect. Users of this module import this package only. It depends on all other
 * packages of the module, and none of them depends on it.
 */
@NullMarked
package dev.cartd.store;

import org.jspecify.annotations.NullMarked;
