package dev.cartd.system;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads files below a directory without ever following a symlink. It opens a file relative to the file's directory, and
 * keeps that directory open for the next file. So a caller that reads the files of one directory after the other looks
 * up each directory once, and not the whole path for each file. Safe for use by many threads; each thread uses open
 * directories of its own. Closing never waits for a disk that hangs.
 */
public final class TreeReader implements Closeable {
    /** The most directories that one thread has open; deeper ones are opened anew for each directory below them. */
    private static final int KEPT = 4;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path root;
    private final Path way;
    private final List<Directories> idle = new ArrayList<>();
    private boolean closed;

    /**
     * A reader of the files below the directory that {@code way} leads to.
     *
     * @param root a directory whose own path is followed as it is
     * @param way the path from {@code root} to the directory whose files are read; not followed if it has a symlink
     */
    public TreeReader(Path root, Path way) {
        this.root = root;
        this.way = way;
    }

    /** Whether files can be opened relative to an open directory there; true if that cannot be found out. */
    public static boolean isPossible(Path root) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            return files instanceof SecureDirectoryStream;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * The attributes of what is at this path.
     *
     * @param path the path from the top: plain names, joined by slashes
     * @throws NoSuchFileException if there is nothing, or something on the way is not a directory
     */
    public BasicFileAttributes attributes(String path) throws IOException {
        Directories own = take(path);
        try {
            return attributes(own.of(path), name(path));
        } finally {
            give(own);
        }
    }

    /**
     * Opens a file for reading. What is no regular file should have been refused by {@link #attributes(String)}: to open a pipe
     * could block.
     *
     * @throws NoSuchFileException if there is nothing, or something on the way is not a directory
     */
    public SeekableByteChannel open(String path) throws IOException {
        Directories own = take(path);
        try {
            return own.of(path).newByteChannel(name(path), READ);
        } finally {
            give(own);
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private Path name(String path) {
        return root.getFileSystem().getPath(path.substring(path.lastIndexOf('/') + 1));
    }

    /** Directories that no other thread uses: those that fit this path, otherwise others, or new ones. */
    private synchronized Directories take(String path) throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        for (int i = idle.size() - 1; i >= 0; i--) {
            if (idle.get(i).fit(path)) {
                return idle.remove(i);
            }
        }
        return idle.isEmpty() ? new Directories() : idle.remove(0);
    }

    private void give(Directories own) throws IOException {
        synchronized (this) {
            if (!closed) {
                idle.add(own);
                return;
            }
        }
        own.close();
    }

    /** Closes the directories that no thread uses now; they are opened again when they are needed. */
    public void rest() throws IOException {
        closeIdle(false);
    }

    /** Closes all directories; a directory that a thread uses now is closed when the thread is done with it. */
    @Override
    public void close() throws IOException {
        closeIdle(true);
    }

    private void closeIdle(boolean forGood) throws IOException {
        List<Directories> all;
        synchronized (this) {
            closed |= forGood;
            all = List.copyOf(idle);
            idle.clear();
        }
        for (Directories directories : all) {
            directories.close();
        }
    }

    /** A directory; {@code path} is its path from the top, with a slash at the end unless it is the top. */
    private record Directory(String path, SecureDirectoryStream<Path> files) {}

    /** The top, and directories on the way to the last file. */
    private final class Directories {
        private final List<Directory> open = new ArrayList<>();

        /** Whether the last open directory is the one that the file at this path is in. */
        boolean fit(String path) {
            return !open.isEmpty() && path.lastIndexOf('/') == last().path.length() - 1 && path.startsWith(last().path);
        }

        /** The directory that the file at this path is in. */
        SecureDirectoryStream<Path> of(String path) throws IOException {
            if (open.isEmpty()) {
                open.add(new Directory("", top()));
            }
            Directory last = last();
            while (!path.startsWith(last.path)) {
                open.remove(open.size() - 1);
                last.files.close();
                last = last();
            }
            for (int end = path.indexOf('/', last.path.length()); end >= 0; end = path.indexOf('/', end + 1)) {
                Path name = root.getFileSystem().getPath(path.substring(last.path.length(), end));
                last = new Directory(path.substring(0, end + 1), enter(last.files, name));
                if (open.size() == KEPT) {
                    open.remove(KEPT - 1).files.close();
                }
                open.add(last);
            }
            return last.files;
        }

        private Directory last() {
            return open.get(open.size() - 1);
        }

        @SuppressWarnings("StreamResourceLeak") // close() closes it.
        private SecureDirectoryStream<Path> top() throws IOException {
            DirectoryStream<Path> first = Files.newDirectoryStream(root);
            if (!(first instanceof SecureDirectoryStream)) {
                first.close();
                throw new IOException(root + " cannot open files relative to a directory");
            }
            SecureDirectoryStream<Path> at = (SecureDirectoryStream<Path>) first;
            for (Path name : way) {
                try (SecureDirectoryStream<Path> parent = at) {
                    at = enter(parent, name);
                }
            }
            return at;
        }

        private SecureDirectoryStream<Path> enter(SecureDirectoryStream<Path> parent, Path name) throws IOException {
            // Looked at first, since to open a pipe could block.
            if (!attributes(parent, name).isDirectory()) {
                throw new NoSuchFileException(name.toString(), null, "it is not a directory");
            }
            return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }

        void close() throws IOException {
            for (Directory directory : open) {
                directory.files.close();
            }
        }
    }
}
