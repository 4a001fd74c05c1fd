package dev.cartd.space;

import java.util.List;

/** The result of {@link Space#reserve}. */
public sealed interface RoomAnswer {
    /** The room is reserved for the cart. */
    record Reserved() implements RoomAnswer {}

    /**
     * The cart is in the queue for room.
     *
     * @param evicted the numbers of the carts that were deleted to make room; the caller has their files removed
     */
    record Waits(List<Long> evicted) implements RoomAnswer {}

    /**
     * The cart cannot get the room, or waited too long for it.
     *
     * @param reason why, in one line for people
     */
    record Never(String reason) implements RoomAnswer {}

    /** The claim does not hold any more: another worker has the cart, or it was deleted. */
    record Lost() implements RoomAnswer {}
}
