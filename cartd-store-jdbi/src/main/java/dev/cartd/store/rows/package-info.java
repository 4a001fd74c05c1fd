/**
 * The knowledge about the tables {@code cart} and {@code file} that several packages share. {@code CartRow} and
 * {@code FileRow} map rows, and define the SQL conditions for live carts and carts in work. {@code Moment} and
 * {@code MarkUsed} write the time of a use. {@code ClaimCheck} checks a claim, {@code RecordFiles} records its changes.
 * This package depends on {@code sql} only.
 */
@NullMarked
package dev.cartd.store.rows;

import org.jspecify.annotations.NullMarked;
