package dev.cartd.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** Who may do what with a file, where the system has users, groups and others. */
final class FileRights {
    private FileRights() {}

    /** Who beside the owner and the group may read a file. */
    static Optional<String> readable(Path file) {
        return of(file).contains(PosixFilePermission.OTHERS_READ) ? Optional.of("everybody") : Optional.empty();
    }

    /** Who beside the owner may write to a file. */
    static Optional<String> writable(Path file) {
        Set<PosixFilePermission> rights = of(file);
        if (rights.contains(PosixFilePermission.OTHERS_WRITE)) {
            return Optional.of("everybody");
        }
        return rights.contains(PosixFilePermission.GROUP_WRITE) ? Optional.of("its group") : Optional.empty();
    }

    private static Set<PosixFilePermission> of(Path file) {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (IOException | UnsupportedOperationException e) {
            return Set.of();
        }
    }
}
