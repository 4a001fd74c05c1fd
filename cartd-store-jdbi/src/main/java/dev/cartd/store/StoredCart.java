package dev.cartd.store;

import java.util.Map;
import java.util.stream.Stream;

/**
 * A row of {@code cart} as the original shows it: each of its columns as Python prints the value, so {@code None},
 * {@code True} and {@code False}, {@code 2019-03-01 01:02:03}; in the order of the original's columns.
 *
 * @param columns of the cart
 * @param files the columns of each of its files, in the order of their numbers, read while they are taken; once
 */
public record StoredCart(Map<String, String> columns, Stream<Map<String, String>> files) {}
