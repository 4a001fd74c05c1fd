/**
 * A request and its response. {@code Exchange} is both; {@code ShortResponse} is all responses except downloads.
 * {@code Caller} is who sends it. {@code Refused} refuses a request with a status, {@code Problems} converts every
 * failure to a response, and {@code ErrorPages} those that Jetty detects. {@code HeaderText} makes any text fit for a
 * header.
 */
@NullMarked
package dev.cartd.server.http;

import org.jspecify.annotations.NullMarked;
