/** The HTTP interface of cartd, on Javalin and Jetty. */
@NullMarked
package dev.cartd.server;

import org.jspecify.annotations.NullMarked;
