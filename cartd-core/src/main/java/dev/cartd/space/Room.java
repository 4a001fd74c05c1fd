package dev.cartd.space;

import java.util.List;

/** What came of a cart's wish for room. */
public sealed interface Room {
    /** It is reserved. */
    record Reserved() implements Room {}

    /**
     * It may come: the cart is in the line.
     *
     * @param evicted carts that were deleted for it, and whose files have to go now
     */
    record Waits(List<Long> evicted) implements Room {}

    /** It never comes, or did not come in time; the reason is one line for people. */
    record Never(String reason) implements Room {}

    /** The cart is somebody else's now. */
    record Lost() implements Room {}
}
