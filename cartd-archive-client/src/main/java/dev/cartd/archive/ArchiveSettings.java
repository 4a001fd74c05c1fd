package dev.cartd.archive;

import java.time.Duration;

/**
 * The settings of an archive besides its URL. Each kind of archive checks those that it uses.
 *
 * @param timeout how long a request waits for the next byte: the archive has to see to that itself; from a millisecond
 *     to a day
 * @param maxRequests the most requests that cartd sends at once, from which an archive can derive how many connections
 *     it keeps: it need not count requests itself; 1 or more
 * @param commandBatch the most files that one run of an archive's program is for; 1 or more
 */
public record ArchiveSettings(Duration timeout, int maxRequests, int commandBatch) {}
