package dev.cartd.bundle;

import dev.cartd.cart.CartFile;

/** One entry of a bundle. A bundle may have a million members, so a member stores nothing that can be computed. */
sealed interface Member {
    /** The path below the top directory; empty for the top directory itself. */
    String path();

    /** The number of data bytes that follow the header. */
    long size();

    /** The modification time in seconds since 1970. */
    long mtime();

    /** The CRC-32 of the data, or {@link CartFile#UNKNOWN}. */
    long crc();

    /** The path in the bundle, below the directory {@code top}. */
    String name(String top);

    /**
     * A directory.
     *
     * @param below the path of a file below this directory
     * @param end how many characters of {@code below} are the path of this directory
     * @param mtime the newest modification time of the files below it
     */
    record Directory(String below, int end, long mtime) implements Member {
        @Override
        public String path() {
            return below.substring(0, end);
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public long crc() {
            return 0;
        }

        @Override
        public String name(String top) {
            return end == 0 ? top + "/" : top + "/" + path() + "/";
        }
    }

    /**
     * A file.
     *
     * @param path the normalised path
     * @param file the file's row in the store
     */
    record Regular(String path, CartFile file) implements Member {
        @Override
        public long size() {
            return file.size();
        }

        @Override
        public long mtime() {
            return file.mtime();
        }

        @Override
        public long crc() {
            return file.crc();
        }

        @Override
        public String name(String top) {
            return top + "/" + path;
        }
    }
}
