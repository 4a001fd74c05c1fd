/** The commands, the configuration files, and the one place where everything is put together. */
@NullMarked
package dev.cartd.cli;

import org.jspecify.annotations.NullMarked;
