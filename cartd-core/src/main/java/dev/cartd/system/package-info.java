/**
 * What comes from the operating system: clocks and threads ({@link dev.cartd.system.Timeline}), the time that has
 * passed even if the machine was suspended, the boot of the machine, the owners of files, the free space of a file
 * system, and reading below a directory without following a symlink.
 */
@NullMarked
package dev.cartd.system;

import org.jspecify.annotations.NullMarked;
