/**
 * What the operating system tells: which boot of the machine this is, how much time has passed though it slept, and
 * who owns a file.
 */
@NullMarked
package dev.cartd.system;

import org.jspecify.annotations.NullMarked;
