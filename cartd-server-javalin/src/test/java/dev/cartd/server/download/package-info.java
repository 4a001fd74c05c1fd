@NullMarked
package dev.cartd.server.download;

import org.jspecify.annotations.NullMarked;
