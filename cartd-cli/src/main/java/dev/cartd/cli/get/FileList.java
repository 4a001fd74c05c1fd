package dev.cartd.cli.get;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which files of a cart are taken by a connection, and which are finished. It keeps eight bytes and two bits for each
 * file, since carts may have a million. Safe for use by many threads.
 */
final class FileList {
    private long[] numbers = new long[1024];
    private int size;
    private final BitSet taken = new BitSet();
    private int finished;
    private int returned;
    private boolean stopped;

    /** Adds a file, whose number is higher than those before. */
    synchronized void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size] = number;
        size++;
    }

    synchronized int size() {
        return size;
    }

    synchronized int finished() {
        return finished;
    }

    /** Takes a file; false if it is taken or finished, or not in the list. */
    synchronized boolean take(long number) {
        int index = Arrays.binarySearch(numbers, 0, size, number);
        if (index < 0 || taken.get(index)) {
            return false;
        }
        taken.set(index);
        return true;
    }

    /** A file that was taken cannot be had yet. */
    synchronized void giveBack(long number) {
        taken.clear(Arrays.binarySearch(numbers, 0, size, number));
        returned++;
    }

    /** How many files were given back so far. */
    synchronized int returned() {
        return returned;
    }

    /** A file that was taken is here, or failed for good. */
    synchronized void finish() {
        finished++;
        notifyAll();
    }

    /** The number behind which the first file comes that is not taken, of those behind {@code last}. */
    synchronized long nextOpen(long last) {
        int index = Arrays.binarySearch(numbers, 0, size, last);
        int open = taken.nextClearBit(index < 0 ? -index - 1 : index + 1);
        return open == 0 ? 0 : numbers[Math.min(open, size) - 1];
    }

    /** Whether all files that are taken are finished. */
    synchronized boolean isIdle() {
        return finished == taken.cardinality();
    }

    synchronized boolean isFinished() {
        return finished == size;
    }

    /** Waits until all files are finished, or somebody stops this, or for so long. */
    synchronized void await(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (long left = most.toMillis(); !isFinished() && !stopped && left > 0; ) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }

    /** Nobody waits from now on. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
