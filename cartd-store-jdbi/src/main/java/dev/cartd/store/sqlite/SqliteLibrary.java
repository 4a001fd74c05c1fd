package dev.cartd.store.sqlite;

import dev.cartd.cart.CartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/** Loads SQLite's native library, which the driver copies to a temporary directory. */
final class SqliteLibrary {
    private static final String DIRECTORY = "org.sqlite.tmpdir";

    /** More than the size of the library. */
    private static final int LIBRARY_BYTES = 4 << 20;

    private SqliteLibrary() {}

    /**
     * Loads the library if it is not loaded yet.
     *
     * @throws CartException.Unavailable if that is not possible; the message names the directory and the remedy
     */
    static void load() {
        try {
            if (!SQLiteJDBCLoader.initialize()) {
                throw new IllegalStateException("the driver loaded no library");
            }
        } catch (Exception e) { // initialize declares no less
            throw new CartException.Unavailable("SQLite cannot be loaded: " + why(), e);
        }
    }

    private static String why() {
        String library = LibraryLoaderUtil.getNativeLibName();
        if (!LibraryLoaderUtil.hasNativeLib(LibraryLoaderUtil.getNativeLibResourcePath(), library)) {
            return "there is no library for this system (" + OSInfo.getNativeLibFolderPathForCurrentOS()
                    + "), use PostgreSQL";
        }
        Path directory = Path.of(Objects.requireNonNullElse(
                System.getProperty(DIRECTORY), System.getProperty("java.io.tmpdir", "/tmp")));
        return "the temporary directory " + directory + " " + wrong(directory) + ", JAVA_OPTS=-D" + DIRECTORY
                + "=DIR names another one";
    }

    /** The reason why the library cannot be loaded from the directory. */
    private static String wrong(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Files.exists(directory) ? "is no directory" : "is not there";
        }
        if (!Files.isWritable(directory)) {
            return "cannot be written";
        }
        return hasRoom(directory) ? "lets nothing be run from it (mounted noexec?)" : "is full";
    }

    private static boolean hasRoom(Path directory) {
        try {
            Path probe = Files.createTempFile(directory, "cartd-probe-", ".tmp");
            try {
                Files.write(probe, new byte[LIBRARY_BYTES]);
                return true;
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return false;
        }
    }
}
