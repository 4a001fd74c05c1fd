package dev.cartd.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Moves finished files to their final names, and never replaces an existing file, even one that another process creates
 * at the same moment. Safe for use by many threads.
 */
final class Placing {
    /** Whether the file system refused a hard link where it accepted a file: then no further link is tried. */
    private volatile boolean linkless;

    /**
     * Moves a file to a name that does not exist yet. After a crash, or if {@code part} disappears meanwhile, the file
     * may have both names, or {@code target} may be an empty file.
     *
     * @throws FileAlreadyExistsException if {@code target} exists; no thread of this process is still moving a file
     *     there
     * @throws NoSuchFileException if the directory of {@code target} is missing, or the file system refuses the name
     */
    void move(Path part, Path target) throws IOException {
        if (!linkless && isLinked(part, target)) {
            Files.delete(part);
            return;
        }
        // One at a time: a thread that finds the name taken would otherwise see the empty file of another.
        synchronized (this) {
            // createFile is atomic, so the move below replaces only the empty file that was created here.
            Files.createFile(target);
            linkless = true;
            // If this fails the empty file stays: by now another step may have replaced it with its finished file.
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Whether {@code target} is now a hard link to the file; false if the file system refuses hard links. */
    private boolean isLinked(Path part, Path target) throws IOException {
        try {
            Files.createLink(target, part);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isSameFile(target, part)) {
                return true; // An earlier process created the link and died before it deleted the part.
            }
            synchronized (this) { // Until the thread that found out that there are no links has moved its file.
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
    }
}
