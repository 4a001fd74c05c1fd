package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real file system of 64 MB in memory for the volume of a server. Root mounts it; others do so in a mount namespace of
 * their own, which a process that does nothing else keeps there, and in which the server has to be started.
 */
final class SmallDisk {
    private static final String MOUNT = "mount -t tmpfs -o size=64m cartd-test ";

    private final Path at;
    private final Path seen;
    private final String inside;
    private final Optional<Process> keeper;

    private SmallDisk(Path at, Path seen, String inside, Optional<Process> keeper) {
        this.at = at;
        this.seen = seen;
        this.inside = inside;
        this.keeper = keeper;
    }

    /** Mounts one at this directory, which is made; empty where this machine does not allow it. */
    static Optional<SmallDisk> mount(Path at) throws Exception {
        Files.createDirectories(at);
        boolean root = System.getProperty("user.name").equals("root");
        if (root && Program.shell(at, MOUNT + at).exit() == 0) {
            return Optional.of(new SmallDisk(at, at, "", Optional.empty()));
        }
        return inNamespace(at);
    }

    private static Optional<SmallDisk> inNamespace(Path at) throws IOException {
        Process keeper = new ProcessBuilder("unshare", "-rm", "sh", "-c", MOUNT + at + " && echo mounted && exec cat")
                .redirectErrorStream(true)
                .start();
        if (!"mounted".equals(keeper.inputReader().readLine())) {
            keeper.destroy();
            return Optional.empty();
        }
        return Optional.of(new SmallDisk(
                at,
                Path.of("/proc/" + keeper.pid() + "/root" + at),
                "nsenter -U -m --preserve-credentials -t " + keeper.pid() + " --wd=. -- ",
                Optional.of(keeper)));
    }

    /** Where this process sees what is on it. */
    Path seen() {
        return seen;
    }

    /** What a line of shell has to begin with to see it where it was mounted; ends in a space if it is not empty. */
    String inside() {
        return inside;
    }

    /** How many bytes it has in all. */
    long size() throws IOException {
        return store().getTotalSpace();
    }

    /** How many bytes are taken now, by whomever. */
    long used() throws IOException {
        FileStore store = store();
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(seen);
    }

    /** What is on it is gone after this. */
    void unmount() throws Exception {
        if (keeper.isPresent()) {
            keeper.get().destroy();
        } else {
            assertThat(Program.shell(Path.of("/"), "umount -l " + at).exit()).isZero();
        }
    }
}
