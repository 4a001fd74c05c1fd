@NullMarked
package dev.cartd.server.events;

import org.jspecify.annotations.NullMarked;
