/**
 * Facts from the operating system: the boot of the machine, the time that has passed even if the machine was suspended,
 * and the owners of files.
 */
@NullMarked
package dev.cartd.system;

import org.jspecify.annotations.NullMarked;
