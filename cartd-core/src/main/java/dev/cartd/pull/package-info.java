/**
 * How the files of one cart come from the archive to the volume. {@code Round} sends one request for each file and
 * collects the answers; {@code Puller} pulls files and moves them into place; {@code Pull} is one file; {@code Twins}
 * finds what other carts have already; {@code Ledger} knows what was done and tells the store.
 */
@NullMarked
package dev.cartd.pull;

import org.jspecify.annotations.NullMarked;
