/**
 * How the files of one cart come from the archive to the volume. {@code RequestRound} sends one request for each file and
 * collects the answers; {@code CartPuller} pulls files and moves them into place; {@code FilePull} is one file; {@code Twins}
 * finds what other carts have already; {@code ClaimedCart} knows what was done and tells the store.
 */
@NullMarked
package dev.cartd.pull;

import org.jspecify.annotations.NullMarked;
