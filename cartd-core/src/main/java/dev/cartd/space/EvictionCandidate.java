package dev.cartd.space;

import java.time.Instant;

/**
 * A cart that takes room on the volume, as who chooses among them sees it.
 *
 * @param cart its number
 * @param uid the name that the client chose
 * @param bytes what it takes for itself alone, in bytes; what it shares with others comes on top when the last of them goes
 * @param used when it was last used: made, finished or downloaded
 * @param hidden whether a newer cart of its uid is ready, so that nobody sees this one
 * @param spared why it has to stay for now, in words for people; empty if it may go
 */
public record EvictionCandidate(long cart, String uid, long bytes, Instant used, boolean hidden, String spared) {}
