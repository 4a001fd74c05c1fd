package dev.cartd.server;

/**
 * The downloads of a server so far.
 *
 * @param running how many run now
 * @param begun how many began
 * @param resumed how many of these were for a range of the tar only
 * @param cut how many ended before all of their bytes were sent
 * @param refused how many were refused because too many were running
 * @param bytes the bytes of tars that were sent
 */
public record DownloadCounts(int running, long begun, long resumed, long cut, long refused, long bytes) {}
