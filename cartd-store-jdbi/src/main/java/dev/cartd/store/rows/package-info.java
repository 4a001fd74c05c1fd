/**
 * What more than one room knows about the tables {@code cart} and {@code file}. {@code CartRow} and {@code FileRow}
 * read a row, and hold the conditions that a cart is live or in work. {@code Moment} and {@code MarkUsed} write when a
 * cart was used. This room depends on {@code sql} only.
 */
@NullMarked
package dev.cartd.store.rows;

import org.jspecify.annotations.NullMarked;
