/**
 * The ports {@code SpaceStore} and {@code VolumeStore}: how many bytes each cart holds or reserved, who waits for
 * room, who downloads, what is evicted, and which volume the carts are on. Each statement is a class that is named
 * after what it does. This room depends on {@code sql} and {@code rows}.
 */
@NullMarked
package dev.cartd.store.space;

import org.jspecify.annotations.NullMarked;
