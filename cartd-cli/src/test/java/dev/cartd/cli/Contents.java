package dev.cartd.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import static org.assertj.core.api.Assertions.assertThat;

/** The files of a tar or of a directory: bytes by path. */
final class Contents {
    private Contents() {}

    static Map<String, byte[]> ofTar(byte[] tar) throws IOException {
        return ofTar(new ByteArrayInputStream(tar));
    }

    /** Reads a tar as it comes, in one pass. */
    static Map<String, byte[]> ofTar(InputStream in) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        TarArchiveInputStream tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            assertThat(entry.isFile() || entry.isDirectory())
                    .as(entry.getName())
                    .isTrue();
            if (entry.isFile()) {
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }

    static Map<String, byte[]> ofDirectory(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    /** Expects the same paths, each with the same bytes. */
    static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((path, bytes) -> assertThat(actual.get(path)).as(path).isEqualTo(bytes));
    }

    /** Expects these files below a top directory of this name, and nothing beside it. */
    static void assertSame(Map<String, byte[]> actual, String top, Map<String, byte[]> expected) {
        Map<String, byte[]> below = new TreeMap<>();
        expected.forEach((path, bytes) -> below.put(top + "/" + path, bytes));
        assertSame(actual, below);
    }
}
