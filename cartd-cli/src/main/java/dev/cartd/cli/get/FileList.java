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
    private int underWay;
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
        underWay++;
        return true;
    }

    /** A file that was taken cannot be had yet. */
    synchronized void giveBack(long number) {
        taken.clear(Arrays.binarySearch(numbers, 0, size, number));
        returned++;
        underWay--;
        notifyAll();
    }

    /** How many files were given back so far. */
    synchronized int returned() {
        return returned;
    }

    /** A file that was taken is here, or failed for good. */
    synchronized void finish() {
        finished++;
        underWay--;
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
        return underWay == 0;
    }

    synchronized boolean isFinished() {
        return finished == size;
    }

    /**
     * Waits for so long, and then until few files are taken that are not finished; not if all are finished, or once
     * somebody stops this.
     *
     * @param most how long to wait at most, however many files are under way; no less than {@code least}
     */
    synchronized void await(Duration least, Duration most, int few) throws InterruptedException {
        long begin = System.nanoTime();
        while (!isFinished() && !stopped) {
            Duration past = Duration.ofNanos(System.nanoTime() - begin);
            Duration left = (past.compareTo(least) < 0 ? least : most).minus(past);
            boolean isOver = past.compareTo(least) >= 0 && underWay <= few;
            if (isOver || left.isNegative() || left.isZero()) {
                return;
            }
            // No time at all would be for ever.
            wait(Math.max(1, left.toMillis()));
        }
    }

    /** Nobody waits from now on. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
