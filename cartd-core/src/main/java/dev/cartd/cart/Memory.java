package dev.cartd.cart;

/**
 * A share of the heap. Before the list of files of a cart is read into memory, its bytes are taken from this share; if
 * they are not available, the work is tried again later. Beside the share there is a reserve that only small carts can
 * use, so that a giant cart does not keep small carts from being worked on. No method waits for memory. Safe for use by
 * many threads.
 *
 * <p>A process has three of these, each a quarter of the heap: for carts in work, for requests that are being read, and
 * for downloads. The last quarter is for the rest of the program and for the garbage collector.
 */
public final class Memory {
    /** The estimated memory, in bytes, of the SHA-256 that a file may have beside its hash. */
    public static final int OF_SHA256 = 144;

    /** The bytes of a file without its texts: its objects, the headers of its texts, its places in lists and layout. */
    private static final long FILE = 320;

    private static final int SHARES = 4;
    private static final int SMALL_PART = 64;
    private static final int RESERVE_PART = 8;

    private final long most;
    private long taken;
    private long reserved;

    /**
     * A share of the heap.
     *
     * @param most its size in bytes, without the reserve; 0 or more
     */
    public Memory(long most) {
        this.most = most;
    }

    /** A quarter of the largest heap that this process can have. */
    public static Memory ofHeap() {
        return new Memory(Runtime.getRuntime().maxMemory() / SHARES);
    }

    /**
     * Estimates the memory, in bytes, of the files of a cart that is in work or being downloaded.
     *
     * @param files how many files the cart has
     * @param texts the bytes of all their texts; see {@link #ofTexts}
     */
    public static long ofFiles(long files, long texts) {
        return files * FILE + texts;
    }

    /** Estimates the memory, in bytes, of the texts of a file. */
    public static long ofTexts(CartFile file) {
        return ofText(file.archiveId())
                + ofText(file.path())
                + ofText(file.checksum().type())
                + ofText(file.checksum().value())
                + ofText(file.receipt())
                + (file.sha256().isPresent() ? OF_SHA256 : 0);
    }

    /** Estimates the memory, in bytes, of a requested file until its cart is stored. */
    public static long ofItem(CartRequest.Item item) {
        return FILE
                + ofText(item.archiveId())
                + ofText(item.path().value())
                + ofText(item.checksum().value());
    }

    private static long ofText(String text) {
        return text.length() * (text.chars().allMatch(c -> c < 0x80) ? 1L : 2L);
    }

    /** The size of this share in bytes, without the reserve. */
    public long most() {
        return most;
    }

    /** The size in bytes up to which a hold is small; only small holds can use the reserve. */
    public long small() {
        return most / SMALL_PART;
    }

    /** About how many files with short texts fit into this share. */
    public int files() {
        return (int) Math.min(Integer.MAX_VALUE, most / (FILE + 64));
    }

    /** Returns a new hold, which has no bytes yet. */
    public Hold hold() {
        return new Hold();
    }

    /** The bytes that one user of this share has taken. For one thread at a time. */
    public final class Hold implements AutoCloseable {
        private long bytes;
        private boolean inReserve = true;

        private Hold() {}

        /**
         * Takes more bytes.
         *
         * @param more how many; 0 or more
         * @return whether they were available; if not, the hold stays as it was
         */
        public boolean grow(long more) {
            synchronized (Memory.this) {
                long now = bytes + more;
                if (inReserve && now <= small() && reserved + more <= most / RESERVE_PART) {
                    reserved += more;
                    bytes = now;
                    return true;
                }
                if (now > most || taken > most - (inReserve ? now : more)) {
                    return false;
                }
                leave();
                inReserve = false;
                taken += now;
                bytes = now;
                return true;
            }
        }

        private void leave() {
            if (inReserve) {
                reserved -= bytes;
            } else {
                taken -= bytes;
            }
        }

        /** How many bytes this hold has. */
        public long bytes() {
            return bytes;
        }

        /** Gives back all bytes; closing again does nothing. */
        @Override
        public void close() {
            synchronized (Memory.this) {
                leave();
                bytes = 0;
            }
        }
    }
}
