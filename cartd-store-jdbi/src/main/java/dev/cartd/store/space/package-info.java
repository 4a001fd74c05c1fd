/**
 * The ports {@code SpaceStore} and {@code VolumeStore}: the bytes that each cart holds or has reserved, the carts that
 * wait for room, the pins, evictions, and the volume on which the carts are. Each statement is a class of its own. This
 * package depends on {@code sql} and {@code rows}.
 */
@NullMarked
package dev.cartd.store.space;

import org.jspecify.annotations.NullMarked;
