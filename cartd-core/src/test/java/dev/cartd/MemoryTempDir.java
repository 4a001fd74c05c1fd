package dev.cartd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Has the directories of tests in memory, where there is a file system for that with enough room, on which programs can
 * be run: what the program syncs would have to be waited for on a disk. Elsewhere they are where Java has them.
 */
public final class MemoryTempDir implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH = 3L << 30;
    private static final boolean USABLE = isUsable();

    /** As JUnit makes it. */
    public MemoryTempDir() {}

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
        return USABLE ? Files.createTempDirectory(MEMORY, "junit-") : Files.createTempDirectory("junit-");
    }

    private static boolean isUsable() {
        try {
            if (!Files.isWritable(MEMORY) || Files.getFileStore(MEMORY).getUsableSpace() < ENOUGH) {
                return false;
            }
            Path script = Files.createTempFile(MEMORY, "cartd-", ".sh");
            try {
                Files.writeString(script, "#!/bin/sh\nexit 0\n");
                return script.toFile().setExecutable(true)
                        && new ProcessBuilder(script.toString()).start().waitFor() == 0;
            } finally {
                Files.delete(script);
            }
        } catch (IOException e) {
            return false; // It may be that nothing can be run from there.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
