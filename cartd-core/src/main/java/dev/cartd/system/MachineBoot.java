package dev.cartd.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Identifies the current boot of this machine. Bytes that were written but not synced outlast the process that wrote
 * them, but may be lost when the machine boots again.
 */
public final class MachineBoot {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** Whether the operating system has an id for the boot: Linux does. */
    public static final boolean KNOWN = !read().isEmpty();

    /**
     * The id of this boot. If the operating system has none, the id is a random one for this process: then bytes that
     * an earlier process did not sync are never trusted.
     */
    public static final String ID = KNOWN ? read() : UUID.randomUUID().toString();

    private MachineBoot() {}

    private static String read() {
        try {
            return Files.readString(LINUX).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
