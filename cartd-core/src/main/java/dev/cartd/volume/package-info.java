/**
 * The volume: the layout of carts on disk, and how their files are created, published and removed. {@code Volume} is
 * the directory of all carts; {@code CartTree} and {@code CartTar} are what one cart has in it, {@code Parts} what is
 * not finished; {@code FileNames} says which names can be there.
 */
@NullMarked
package dev.cartd.volume;

import org.jspecify.annotations.NullMarked;
