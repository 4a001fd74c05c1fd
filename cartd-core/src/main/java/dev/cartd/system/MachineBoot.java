package dev.cartd.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which boot of this machine it is: what was written but not synced survives a process, but not a boot. */
public final class MachineBoot {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** Whether the system tells. */
    public static final boolean KNOWN = !tell().isEmpty();

    /** Where the system does not tell, every process is taken for a boot of its own: nothing is trusted wrongly. */
    public static final String ID = KNOWN ? tell() : UUID.randomUUID().toString();

    private MachineBoot() {}

    private static String tell() {
        try {
            return Files.readString(LINUX).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
