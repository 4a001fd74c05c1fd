/**
 * Who is let in. {@code Gate} decides it for each request, by the {@code TokenFile} of clients and that of admins; a
 * {@code Token} is a line of them.
 */
@NullMarked
package dev.cartd.server.access;

import org.jspecify.annotations.NullMarked;
