/**
 * Limits how many requests the archive gets at once. {@code RequestLimit} queues and sends the requests,
 * {@code Learned} derives the limit from the answers, and {@code NodeAllowance} holds this node's share of it. Time and
 * threads come from a {@code Timeline}: nothing in this package sleeps or waits, so a test can step it.
 */
@NullMarked
package dev.cartd.limit;

import org.jspecify.annotations.NullMarked;
