package dev.cartd.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files that root made usable for the user that the server runs as. A command that runs as root gives each file
 * and directory that it makes to the owner of the parent directory, as SQLite does with its own files. Safe for use by
 * many threads.
 */
public final class FileOwner {
    private static final int ROOT = 0;

    private FileOwner() {}

    /**
     * Gives a file or directory that this process just made to the owner and group of its parent directory. Does
     * nothing unless {@code made} belongs to root and its parent directory does not.
     *
     * @throws IOException if the owners cannot be read or changed
     */
    public static void giveToOwner(Path made) throws IOException {
        PosixFileAttributeView view = view(made);
        Path parent = made.toAbsolutePath().getParent();
        if (view == null || parent == null || uid(made) != ROOT || uid(parent) == ROOT) {
            return;
        }
        PosixFileAttributes owner = Files.readAttributes(parent, PosixFileAttributes.class);
        view.setGroup(owner.group());
        view.setOwner(owner.owner());
    }

    /**
     * The owner of a file or directory if this process runs as root and the owner is another user, who could not use
     * files that this process makes there. Empty otherwise, and if the owner cannot be read.
     */
    public static Optional<String> besideRoot(Path path) {
        try {
            UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
            boolean root = "root".equals(System.getProperty("user.name"));
            return root && !owner.getName().equals("root") ? Optional.of(owner.getName()) : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static @Nullable PosixFileAttributeView view(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
