/**
 * The HTTP interface of cartd, on Javalin and Jetty. {@link dev.cartd.server.CartdServer} is the server, and
 * {@link dev.cartd.server.ServerConfig} its settings; users of the module import nothing else. {@code JettySetup}
 * configures Jetty, {@code Routes} leads each request by its {@code Target} to the routes of its room:
 *
 * <ul>
 *   <li>{@code connection}: the connections of clients, who may be slow
 *   <li>{@code http}: a request and its response, and how failures are answered
 *   <li>{@code access}: who is let in
 *   <li>{@code request}: reads bodies, within limits
 *   <li>{@code download}: sends bundles, without a thread for a slow client
 *   <li>{@code carts}: the routes of a cart, {@code /{uid}}
 *   <li>{@code health}: whether the server lives and is ready
 *   <li>{@code view}: a cart as JSON
 *   <li>{@code files}: single files, and what proves them
 *   <li>{@code events}: what becomes of a cart, as server-sent events
 *   <li>{@code metrics}: the counters, as text
 *   <li>{@code page}: the page of a cart
 * </ul>
 *
 * <p>Each room may use those before it.
 */
@NullMarked
package dev.cartd.server;

import org.jspecify.annotations.NullMarked;
