package dev.cartd.cli.demo;

import dev.cartd.cart.Checksum;
import dev.cartd.cli.config.FailedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A tar that was extracted.
 *
 * @param top the name of its top directory
 * @param hashes the SHA-256 in hex of each of its files, by its path below the top directory
 */
record DemoTar(String top, Map<String, String> hashes) {
    /** Extracts a tar whose members are all in one top directory; refuses a member that is elsewhere. */
    static DemoTar extract(Path tar, String top, Path target) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path place = target.resolve(entry.getName()).normalize();
                if (!place.startsWith(target.resolve(top))) {
                    throw new FailedException("the tar has a member outside its top directory: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(place);
                } else {
                    hashes.put(entry.getName().substring(top.length() + 1), write(in, place));
                }
            }
        }
        return new DemoTar(top, hashes);
    }

    /** Checks that the tar has exactly these files with these hashes, and returns their number. */
    int verify(Map<String, String> expected) {
        expected.forEach((path, hash) -> {
            if (!hash.equals(hashes.get(path))) {
                throw new FailedException(
                        "the tar's " + path + (hashes.containsKey(path) ? " is wrong" : " is missing"));
            }
        });
        if (hashes.size() != expected.size()) {
            throw new FailedException("the tar has files that nobody asked for");
        }
        return hashes.size();
    }

    /** Checks the files by a manifest, as {@code sha256sum -c} does, and returns the number of its lines. */
    int check(String manifest) {
        Map<String, String> named = new HashMap<>();
        for (String line : manifest.lines().toList()) {
            // sha256sum puts a backslash before a line in which it has doubled those of the name.
            String[] parts = (line.startsWith("\\") ? line.substring(1).replace("\\\\", "\\") : line).split("  ", 2);
            if (parts.length < 2 || !parts[1].startsWith(top + "/")) {
                throw new FailedException("the manifest has an odd line: " + line);
            }
            named.put(parts[1].substring(top.length() + 1), parts[0]);
        }
        return verify(named);
    }

    private static String write(TarArchiveInputStream in, Path file) throws IOException {
        MessageDigest digest = Checksum.sha256();
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
