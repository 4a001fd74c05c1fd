/** The route of {@code /-/metrics}. What the metrics are, the program knows that has the server. */
@NullMarked
package dev.cartd.server.metrics;

import org.jspecify.annotations.NullMarked;
