/**
 * The room on the volume. {@code Space} reserves room for carts in work, {@code RoomQueue} decides which waiting cart
 * gets it, {@code SpacePolicy} orders carts for eviction, and {@code SpaceSnapshot} is the state at one moment.
 */
@NullMarked
package dev.cartd.space;

import org.jspecify.annotations.NullMarked;
