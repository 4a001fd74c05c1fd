/**
 * The connections of clients. {@code ClientConnection} closes a connection whose request comes too slowly,
 * {@code ClientEndPoint} one whose reader takes nothing, {@code OpenConnections} silent ones when there are too many.
 * {@code RawPath} passes any path through Jetty. {@code Tls} is the layer below them, and {@code PemKeys} reads its
 * certificate.
 */
@NullMarked
package dev.cartd.server.connection;

import org.jspecify.annotations.NullMarked;
