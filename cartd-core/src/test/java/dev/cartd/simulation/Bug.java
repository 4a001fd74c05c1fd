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
    NO_HASH,
    /** A sync of a file does nothing: names become durable before bytes. */
    BYTES_UNSYNCED,
    /** A sync of a directory does nothing. */
    NAMES_UNSYNCED,
    /** Nobody notices that the machine restarted: what was not synced is not hashed again. */
    RESTART_UNSEEN,
    /** Files of a cart are taken for those of another without a look at whether they survived a restart. */
    TWIN_UNVERIFIED,
    /** A step goes on with the files of an earlier one that may still write to them. */
    SAME_FILE,
    /** A room that was reserved is not free again when its cart is deleted. */
    ROOM_NOT_RELEASED,
    /** The bytes that a cart has on the volume are counted twice. */
    COUNTED_TWICE,
    /** The link of a uid leads to carts that are not ready. */
    LINK_EARLY,
    /** The files of an evicted cart are removed before it is deleted. */
    REMOVED_EARLY,
    /** Each claim of a cart has the same number. */
    SAME_EPOCH,
    /** The store forgets how often a file was tried. */
    TRIES_FORGOTTEN,
    /** A cart is evicted although it was used since it was chosen. */
    USED_EVICTED,
    /** A cart that hides another is evicted as if it were the hidden one. */
    NEWEST_EVICTED,
    /** The scheduler's sweep sees only the newest cart. */
    SWEEP_BLIND,
    /** The archive goes on telling the first size of a file that has changed. */
    SIZE_TRUSTED,
    /** The directory that the drive is mounted on has the volume's mark, too. */
    MARK_ASSUMED,
    /** The store says that a cart is kept, and is not told until when. */
    KEEP_IGNORED,
    /** The time in which no node worked counts against the deadlines of carts. */
    DOWNTIME_COUNTED
}
