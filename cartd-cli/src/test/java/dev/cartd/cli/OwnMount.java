package dev.cartd.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static org.awaitility.Awaitility.await;

/**
 * A file system in memory, mounted where only those see it who enter: a mount namespace that ends with this, so nothing is
 * left mounted, and that needs no root where the system lets users have such namespaces.
 */
final class OwnMount implements AutoCloseable {
    private final Path directory;
    private final Process holder;

    private OwnMount(Path directory, Process holder) {
        this.directory = directory;
        this.holder = holder;
    }

    /** One in this directory, which is made; empty where the system does not let us. */
    static Optional<OwnMount> in(Path directory) throws IOException {
        return in(directory, "rw");
    }

    /** One that is mounted with these options, such as {@code size=64m}. */
    static Optional<OwnMount> in(Path directory, String options) throws IOException {
        Files.createDirectories(directory);
        // All of this is one process, so its number is that of who is inside.
        String inside = "mount -t tmpfs -o " + options + " tmpfs " + directory + " && echo mounted && exec cat";
        Process holder = new ProcessBuilder("unshare", "-rm", "sh", "-c", inside).start();
        BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
        return "mounted".equals(said.readLine()) ? Optional.of(new OwnMount(directory, holder)) : Optional.empty();
    }

    /** Where it is for those who have entered. */
    Path directory() {
        return directory;
    }

    /** What a command has to begin with to run where the file system is to be seen. */
    List<String> entering() {
        return List.of("nsenter", "-t", Long.toString(holder.pid()), "-U", "-m", "--preserve-credentials");
    }

    /** Where those who have not entered can see it too. */
    Path seenFromOutside() {
        return Path.of("/proc/" + holder.pid() + "/root" + directory);
    }

    /** How many bytes of it are taken now, by whomever. */
    long used() throws IOException {
        FileStore store = Files.getFileStore(seenFromOutside());
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    /** Has every write fail from now on; waits until nobody has a file open for writing. */
    void readOnly() {
        await().until(() -> remount("ro") == 0);
    }

    /** Lets it be written again. */
    void writable() throws Exception {
        if (remount("rw") != 0) {
            throw new IllegalStateException("it cannot be made writable again");
        }
    }

    private int remount(String how) throws Exception {
        String line = String.join(" ", entering()) + " mount -o remount," + how + " " + directory;
        return Program.shell(directory, line).exit();
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
    }
}
