/**
 * What {@code serve} counts, and how {@code /-/metrics} shows it. {@code Metrics} has the counters, which cost next to
 * nothing; {@code Exposition} brings them to Micrometer, which is loaded for the first request that asks for them.
 */
@NullMarked
package dev.cartd.cli.metrics;

import org.jspecify.annotations.NullMarked;
