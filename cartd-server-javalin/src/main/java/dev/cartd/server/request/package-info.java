/**
 * Reads request bodies. {@code BodyReader} reads one without waiting, within the {@code BodyLimits} for size, time and
 * memory; {@code DiscardedBody} is for a request that was refused. {@code CartRequestParser} parses the JSON of a cart
 * as it comes: {@code WholeCharacters} and {@code BodyTokens} check it before the parser does, {@code CartItems}
 * collects its files.
 */
@NullMarked
package dev.cartd.server.request;

import org.jspecify.annotations.NullMarked;
