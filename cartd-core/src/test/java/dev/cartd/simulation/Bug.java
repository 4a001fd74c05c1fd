package dev.cartd.simulation;

/** A defect that a run can have on purpose, in the parts of the simulated world that the core relies on. */
enum Bug {
    NONE,
    /** The store takes what a claim writes that does not hold any more. */
    NO_FENCE,
    /** The store says that files are recorded and forgets some of them. */
    LOST_RECORD,
    /** The store grants any room. */
    ROOM_FOR_ALL,
    /** The store says that a cart is pinned, and is not told of the pin. */
    PIN_IGNORED,
    /** The store forgets a deleted cart before its files are removed. */
    FORGOTTEN_EARLY,
    /** Some wakes are lost, and nobody looks for their carts. */
    LOST_WAKE,
    /** The scheduler forgets the carts of a node that crashed. */
    ORPHANS,
    /** The hash of a file is right, whatever its bytes are. */
    NO_HASH
}
