package dev.cartd.space;

import java.util.List;

/**
 * The result of {@link Space#reserve}.
 *
 * @param evicted the numbers of the carts that were deleted to make room; the caller has their files removed; empty
 *     unless the cart waits
 * @param reason why the cart never gets the room, in one line for people; empty otherwise
 */
public record RoomAnswer(Kind kind, List<Long> evicted, String reason) {
    /** What became of the request for room. */
    public enum Kind {
        /** The room is reserved for the cart. */
        RESERVED,
        /** The cart is in the room queue. */
        WAITS,
        /** The cart cannot get the room, or waited too long for it. */
        NEVER,
        /** The claim does not hold any more: another worker has the cart, or it was deleted. */
        LOST
    }

    static final RoomAnswer RESERVED = new RoomAnswer(Kind.RESERVED, List.of(), "");
    static final RoomAnswer LOST = new RoomAnswer(Kind.LOST, List.of(), "");

    static RoomAnswer waits(List<Long> evicted) {
        return new RoomAnswer(Kind.WAITS, evicted, "");
    }

    static RoomAnswer never(String reason) {
        return new RoomAnswer(Kind.NEVER, List.of(), reason);
    }
}
