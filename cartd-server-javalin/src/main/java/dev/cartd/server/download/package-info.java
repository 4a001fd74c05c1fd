/**
 * Sends bundles. {@code BundleSender} answers a GET with what the request's {@code Selection} says, after its
 * {@code Conditions}. {@code Downloads} has the threads, the places and the {@code Buffers}, {@code Download} is one
 * that runs. {@code TextSender} sends texts that are made while they are sent. {@code ContentDisposition} names the
 * file.
 */
@NullMarked
package dev.cartd.server.download;

import org.jspecify.annotations.NullMarked;
