package dev.cartd.cli.get;

import dev.cartd.cart.Checksum;
import dev.cartd.cli.get.Patience.NotFinished;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** What a tar must have: the hash of each file of the cart, by its path. */
final class TarProof {
    private static final int BUFFER = 1 << 16;

    private final Map<String, Checksum> expected;

    private TarProof(Map<String, Checksum> expected) {
        this.expected = expected;
    }

    /** Asks for the hashes of all files of the cart that was looked at. */
    static TarProof of(CartWatch watch) throws FileFailed, NotFinished, InterruptedException {
        Map<String, Checksum> expected = new HashMap<>();
        watch.<FileFailed>files(file -> expected.put(file.checkedPath().value(), file.checksum()));
        return new TarProof(expected);
    }

    /**
     * Proves a tar, and returns the number of its files.
     *
     * @throws FileFailed if a file is missing, wrong or too many
     * @throws IOException if it is no tar or cannot be read
     */
    int of(Path path) throws FileFailed, IOException {
        Map<String, Checksum> left = new HashMap<>(expected);
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path), BUFFER);
                TarArchiveInputStream tar = new TarArchiveInputStream(bytes, "UTF-8")) {
            for (@Nullable TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.isDirectory()) {
                    prove(tar, entry, left);
                }
            }
        }
        if (!left.isEmpty()) {
            throw new FileFailed("the tar lacks "
                    + Shown.line(left.keySet().iterator().next()) + " and " + (left.size() - 1) + " more");
        }
        return expected.size();
    }

    private static void prove(TarArchiveInputStream tar, TarArchiveEntry entry, Map<String, Checksum> left)
            throws FileFailed, IOException {
        String member = entry.getName();
        // The first name is that of the directory at the top.
        Optional<Checksum> checksum = Optional.ofNullable(left.remove(member.substring(member.indexOf('/') + 1)));
        if (checksum.isEmpty() || !entry.isFile()) {
            throw new FileFailed("the tar has a member that is not in the cart: " + Shown.line(member));
        }
        MessageDigest digest = checksum.get().newDigest();
        byte[] buffer = new byte[BUFFER];
        for (int count = tar.read(buffer); count >= 0; count = tar.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        if (!hash.equals(checksum.get().value())) {
            throw new FileFailed(Shown.line(member) + " in the tar is wrong: its "
                    + checksum.get().type() + " is " + hash + ", expected "
                    + checksum.get().value());
        }
    }
}
