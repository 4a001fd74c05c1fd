package dev.cartd.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Gives finished files their names, and never replaces what has that name already, whichever process made it at the
 * same moment. Safe for use by many threads.
 */
final class Placing {
    /** Once a hard link was refused where an ordinary file could be made: no other is tried. */
    private volatile boolean linkless;

    /**
     * Moves a file to a name that nothing has. After a crash in the middle, or where the file was taken away meanwhile,
     * it may have both names, or the new name may be an empty file.
     *
     * @throws FileAlreadyExistsException if something has the name
     * @throws NoSuchFileException if the directory is not there, or the file system cannot have such a name
     */
    void move(Path part, Path target) throws IOException {
        if (!linkless && isLinked(part, target)) {
            Files.delete(part);
            return;
        }
        // Who makes the name has it: only the empty file that was made here is replaced.
        Files.createFile(target);
        linkless = true;
        // If this fails the empty file stays: by now the name may be somebody else's, who got it right.
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether the file has the name as a further one now; not where the file system refuses hard links. */
    private static boolean isLinked(Path part, Path target) throws IOException {
        try {
            Files.createLink(target, part);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isSameFile(target, part)) {
                return true; // An earlier process came so far.
            }
            throw e;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
    }
}
