/** The facade: what an embedder, or a server, talks to. */
@NullMarked
package dev.cartd;

import org.jspecify.annotations.NullMarked;
