@NullMarked
package dev.cartd.server.access;

import org.jspecify.annotations.NullMarked;
