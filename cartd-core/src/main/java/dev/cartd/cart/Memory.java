package dev.cartd.cart;

/**
 * A share of the heap, and how much of it is taken: whoever wants to hold the files of a cart takes their memory first,
 * and comes again later where it is not there. Small ones have a reserve beside it that large ones never take, so that
 * a giant cart does not keep them out. Never waits. Safe for use by many threads.
 *
 * <p>There are three of these in a process, each a quarter of the heap: for carts in work, for requests that are being
 * read, and for downloads. What is left is for the rest of the program and for the garbage collector to work in.
 */
public final class Memory {
    /** What a file takes besides its texts: its objects, its texts' headers, its places in lists and layout. */
    private static final long FILE = 320;

    private static final int SHARES = 4;
    private static final int SMALL_PART = 64;
    private static final int RESERVE_PART = 8;

    private final long most;
    private long taken;
    private long reserved;

    /** A share of so many bytes. */
    public Memory(long most) {
        this.most = most;
    }

    /** A quarter of the heap that this process may have. */
    public static Memory ofHeap() {
        return new Memory(Runtime.getRuntime().maxMemory() / SHARES);
    }

    /** What so many files take, of a cart in work or laid out, whose texts take so many bytes in all. */
    public static long ofFiles(long files, long texts) {
        return files * FILE + texts;
    }

    /** What the texts of a file take. */
    public static long ofTexts(CartFile file) {
        return ofText(file.archiveId())
                + ofText(file.path())
                + ofText(file.checksum().type())
                + ofText(file.checksum().value());
    }

    /** What a file takes that was asked for, with these texts, until its cart is stored. */
    public static long ofItem(CartRequest.Item item) {
        return FILE
                + ofText(item.archiveId())
                + ofText(item.path().value())
                + ofText(item.checksum().value());
    }

    private static long ofText(String text) {
        return text.length() * (text.chars().allMatch(c -> c < 0x80) ? 1L : 2L);
    }

    /** How many bytes there are in all. */
    public long most() {
        return most;
    }

    /** Up to how many bytes there is a reserve for one. */
    public long small() {
        return most / SMALL_PART;
    }

    /** How many files a cart can have whose texts are short, if it has all of this for itself. */
    public int files() {
        return (int) Math.min(Integer.MAX_VALUE, most / (FILE + 64));
    }

    /** Nothing yet, to {@link Hold#grow} from. */
    public Hold hold() {
        return new Hold();
    }

    /** What one of those has taken that share this memory. For one thread at a time. */
    public final class Hold implements AutoCloseable {
        private long bytes;
        private boolean inReserve = true;

        private Hold() {}

        /**
         * Takes so many bytes more.
         *
         * @return whether they were there; if not, nothing is taken
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

        /** How many bytes it has. */
        public long bytes() {
            return bytes;
        }

        /** Gives all back; closing again does nothing. */
        @Override
        public void close() {
            synchronized (Memory.this) {
                leave();
                bytes = 0;
            }
        }
    }
}
