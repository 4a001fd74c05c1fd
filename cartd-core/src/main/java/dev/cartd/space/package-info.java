/**
 * The room on the volume. {@code Space} reserves it for carts in work, {@code RoomQueue} decides who is next, {@code
 * SpacePolicy} says which carts are evicted first, and {@code SpaceSnapshot} shows all of it at one moment.
 */
@NullMarked
package dev.cartd.space;

import org.jspecify.annotations.NullMarked;
