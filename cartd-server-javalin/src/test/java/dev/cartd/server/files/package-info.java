@NullMarked
package dev.cartd.server.files;

import org.jspecify.annotations.NullMarked;
