/**
 * The HTTP interface of cartd, on Javalin and Jetty. {@link dev.cartd.server.CartdServer} is the server, and
 * {@link dev.cartd.server.ServerConfig} its settings; users of the module import this package and none below it.
 * {@code JettySetup} configures Jetty, {@code Routes} leads each request by its {@code Target} to the routes of its
 * room. docs/architecture.md has all rooms, each of which may use those above it there.
 */
@NullMarked
package dev.cartd.server;

import org.jspecify.annotations.NullMarked;
