/**
 * Who is let in. {@code Gate} decides it for each request, by the {@code TokenFile} of clients and that of admins,
 * whose lines are {@code Token}s, or by a {@code SignedLink}. Admins in browsers have {@code Sessions}.
 */
@NullMarked
package dev.cartd.server.access;

import org.jspecify.annotations.NullMarked;
