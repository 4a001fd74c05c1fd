@NullMarked
package dev.cartd.server;

import org.jspecify.annotations.NullMarked;
