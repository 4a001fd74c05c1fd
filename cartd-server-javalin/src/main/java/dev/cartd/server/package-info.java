/** The HTTP face of cartd: what clients see, on Javalin and Jetty. */
@NullMarked
package dev.cartd.server;

import org.jspecify.annotations.NullMarked;
