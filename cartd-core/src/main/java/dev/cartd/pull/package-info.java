/**
 * Brings the files of one cart from the archive to the volume. {@code RequestRound} has a {@code Requester} send the
 * requests, and tries again by the rules of {@code Retries}; {@code SentRequest} is one of them, {@code RoundOutcomes}
 * decides what follows from its outcomes. {@code CartPuller}, a requester, pulls files to where a {@code CartWriter}
 * writes them; {@code FilePull} pulls one file; {@code Twins} finds files that other carts have on the volume or are
 * pulling.
 */
@NullMarked
package dev.cartd.pull;

import org.jspecify.annotations.NullMarked;
