@NullMarked
package dev.cartd.server.request;

import org.jspecify.annotations.NullMarked;
