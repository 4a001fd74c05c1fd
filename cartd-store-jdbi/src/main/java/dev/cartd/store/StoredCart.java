package dev.cartd.store;

import java.util.Map;
import java.util.stream.Stream;

/**
 * A row of {@code cart} as Pacifica Cartd shows it: each value as Python prints it ({@code None}, {@code True},
 * {@code False}, {@code 2019-03-01 01:02:03}), in the order of Pacifica Cartd's columns.
 *
 * @param columns the values of the cart by column name
 * @param files the values of each of its files, ordered by id; the stream reads rows while it is consumed, can be
 *     consumed once, and fails with {@link dev.cartd.cart.CartException.Unavailable} if the database cannot be read
 */
public record StoredCart(Map<String, String> columns, Stream<Map<String, String>> files) {}
