package dev.cartd.bundle;

import dev.cartd.cart.CartFile;

/** One entry of a tar. There may be a million of them: nothing is kept here that can be had from what is there. */
sealed interface Member {
    /** Where it is below the top directory; empty for the top directory itself. */
    String path();

    /** How many bytes of data follow its header. */
    long size();

    /** Its modification time in seconds since 1970. */
    long mtime();

    /** What its path is in the tar. */
    String name(String top);

    /**
     * A directory.
     *
     * @param below the path of a file below it
     * @param end how many characters of that are its own path
     * @param mtime the newest of the files below it
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
        public String name(String top) {
            return end == 0 ? top + "/" : top + "/" + path() + "/";
        }
    }

    /**
     * A file.
     *
     * @param path its path, normalised
     * @param file what the store knows of it
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
        public String name(String top) {
            return top + "/" + path;
        }
    }
}
