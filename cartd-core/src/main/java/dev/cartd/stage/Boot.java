package dev.cartd.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which boot of this machine it is: what was written but not synced survives a process, but not a boot. */
final class Boot {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** Where the system does not tell, every process is taken for a boot of its own: nothing is trusted wrongly. */
    static final String ID = read();

    private Boot() {}

    private static String read() {
        try {
            String id = Files.readString(LINUX).trim();
            return id.isEmpty() ? UUID.randomUUID().toString() : id;
        } catch (IOException e) {
            return UUID.randomUUID().toString();
        }
    }
}
