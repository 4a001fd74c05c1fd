package dev.cartd.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static dev.cartd.Waiting.await;

/**
 * A file system in memory, mounted where only those see it who enter: a mount namespace that ends with this, so nothing
 * is left mounted, and that needs no root where the system lets users have such namespaces.
 */
final class OwnMount implements AutoCloseable {
    private static final String USER = "-rm";
    private static final String ROOT = "-m";

    private final Path directory;
    private final Process holder;
    private final String namespaces;

    private OwnMount(Path directory, Process holder, String namespaces) {
        this.directory = directory;
        this.holder = holder;
        this.namespaces = namespaces;
    }

    /** File systems of other systems, which run here in a process of their own. */
    enum Foreign {
        /** Takes names in another case for one; has links of both kinds. */
        NTFS("mkntfs -F -q IMAGE", "lowntfs-3g -o ignore_case IMAGE DIRECTORY"),
        /** Takes names in another case for one, cannot have some, and has no links at all. */
        EXFAT("mkfs.exfat IMAGE", "mount.exfat-fuse LOOP DIRECTORY");

        private final String make;
        private final String mount;

        Foreign(String make, String mount) {
            this.make = make;
            this.mount = mount;
        }
    }

    /**
     * One of a foreign kind, of 64 MB, in this directory, which is made; empty where its programs, or root's rights,
     * are missing.
     */
    static Optional<OwnMount> in(Path directory, Foreign kind) throws IOException {
        Files.createDirectories(directory);
        String image = directory.resolveSibling("image").toString();
        String inside = "{ truncate -s 64M IMAGE && " + kind.make
                + (kind.mount.contains("LOOP") ? " && LOOP=$(losetup -f --show IMAGE)" : "")
                + " && " + kind.mount.replace("LOOP", "$LOOP") + "; } > IMAGE.log 2>&1"
                + " && echo mounted; cat; umount -l DIRECTORY; [ -z \"$LOOP\" ] || losetup -d $LOOP; rm -f IMAGE IMAGE.log";
        String line = inside.replace("IMAGE", image).replace("DIRECTORY", directory.toString());
        Process holder = new ProcessBuilder("unshare", ROOT, "sh", "-c", line).start();
        OwnMount mount = new OwnMount(directory, holder, ROOT);
        if ("mounted".equals(holder.inputReader(StandardCharsets.UTF_8).readLine())) {
            return Optional.of(mount);
        }
        mount.close();
        return Optional.empty();
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
        Process holder = new ProcessBuilder("unshare", USER, "sh", "-c", inside).start();
        BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
        return "mounted".equals(said.readLine())
                ? Optional.of(new OwnMount(directory, holder, USER))
                : Optional.empty();
    }

    /** Where it is for those who have entered. */
    Path directory() {
        return directory;
    }

    /** What a command has to begin with to run where the file system is to be seen. */
    List<String> entering() {
        List<String> enter = List.of("nsenter", "-t", Long.toString(holder.pid()), "-m");
        return namespaces.equals(ROOT)
                ? enter
                : Stream.concat(enter.stream(), Stream.of("-U", "--preserve-credentials"))
                        .toList();
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

    /** What is mounted goes once nobody is inside any more. */
    @Override
    public void close() throws IOException {
        try {
            holder.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
        }
        holder.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
