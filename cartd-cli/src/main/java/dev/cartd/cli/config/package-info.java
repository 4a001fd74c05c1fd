/**
 * Reads the configuration files. {@code IniFile} reads a file as Python does, {@code Key} lists every setting with its
 * default, and {@code ConfigSources} finds the value of a key in the file or the environment. {@code Configuration} is
 * the checked result. An invalid value is a {@code FailedException}, as is every failure that ends a command.
 */
@NullMarked
package dev.cartd.cli.config;

import org.jspecify.annotations.NullMarked;
