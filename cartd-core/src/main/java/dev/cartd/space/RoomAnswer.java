package dev.cartd.space;

import java.util.List;

/** What came of a cart's wish for room. */
public sealed interface RoomAnswer {
    /** It is reserved. */
    record Reserved() implements RoomAnswer {}

    /**
     * It may come: the cart is in the line.
     *
     * @param evicted carts that were deleted for it, and whose files have to go now
     */
    record Waits(List<Long> evicted) implements RoomAnswer {}

    /** It never comes, or did not come in time; the reason is one line for people. */
    record Never(String reason) implements RoomAnswer {}

    /** The cart is somebody else's now. */
    record Lost() implements RoomAnswer {}
}
