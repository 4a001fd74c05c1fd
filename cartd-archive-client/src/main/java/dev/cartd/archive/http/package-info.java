/**
 * The part that all archives over HTTP share. {@link dev.cartd.archive.http.Requests} sends requests, each within
 * limits: {@code Deadline} limits its time, and cancels it if its thread is interrupted; {@code Lookup} limits the
 * lookup of the host's name, {@code MeteredSockets} the memory that an answer takes. {@code PulledStream} is the
 * content of a file. {@link dev.cartd.archive.http.FileUrls} makes the URL of a file from its id. {@code
 * RequestFailure} says what was wrong with a connection or a certificate.
 */
@NullMarked
package dev.cartd.archive.http;

import org.jspecify.annotations.NullMarked;
