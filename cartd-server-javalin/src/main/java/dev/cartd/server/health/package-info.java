/** How the server says whether it lives ({@code /-/health}) and whether it is ready ({@code /-/ready}). */
@NullMarked
package dev.cartd.server.health;

import org.jspecify.annotations.NullMarked;
