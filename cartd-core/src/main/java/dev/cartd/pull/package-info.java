/**
 * Brings the files of one cart from the archive to the volume. {@code RequestRound} sends one request for each file and
 * handles the answers; {@code CartPuller} pulls files to where a {@code CartWriter} writes them; {@code FilePull} pulls
 * one file; {@code Twins} finds files that other carts have on the volume or are pulling.
 */
@NullMarked
package dev.cartd.pull;

import org.jspecify.annotations.NullMarked;
