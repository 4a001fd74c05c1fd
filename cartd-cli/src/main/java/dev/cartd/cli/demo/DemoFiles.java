package dev.cartd.cli.demo;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The files of the directory that the demo uses as the archive.
 *
 * @param root the directory
 * @param hashes the SHA-256 in hex of each file, by its path below the root with {@code /} between names
 * @param bytes the size of all files together
 * @param skipped the entries that cannot be in a cart, each with the reason, one line each
 */
record DemoFiles(Path root, Map<String, String> hashes, long bytes, List<String> skipped) {
    private static final int SEED = 2019;
    private static final int SCAN_BYTES = 5_000_000;

    /**
     * Makes a small archive with files such as facilities have: a long name, a Unicode name, an empty file, a large
     * one.
     */
    static Path make(Path root) throws IOException {
        text(root.resolve("README.txt"), "A small archive, made by cartd demo.\n");
        text(root.resolve("2026/run-0042/sample.csv"), "time,counts\n0,17\n1,23\n");
        text(root.resolve("2026/run-0042/Übersicht – 測定.txt"), "Temperatur: 4 K\n");
        text(root.resolve("2026/run-0042/empty.lock"), "");
        text(root.resolve("2026/run-0042/" + "reconstruction_of_the_tomogram_".repeat(7) + ".log"), "done\n");
        byte[] scan = new byte[SCAN_BYTES];
        new Random(SEED).nextBytes(scan);
        Files.write(root.resolve("2026/run-0042/scan.raw"), scan);
        return root;
    }

    /**
     * Reads and hashes every regular file below a directory. Links are not followed.
     *
     * @param without a directory to leave out
     */
    static DemoFiles scan(Path root, Path without) throws IOException {
        DemoScan scan = new DemoScan(root, without);
        Files.walkFileTree(root, scan);
        DemoFiles found = scan.found();
        if (found.hashes.isEmpty()) {
            throw new FailedException(root + " has no file that can be in a cart");
        }
        return found;
    }

    /** Writes the body of the request for all files. */
    Path writeRequest(Path json) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(json.toFile(), JsonEncoding.UTF8)) {
            out.writeStartObject();
            out.writeArrayFieldStart("fileids");
            for (Map.Entry<String, String> file : hashes.entrySet()) {
                out.writeStartObject();
                out.writeStringField("id", file.getKey());
                out.writeStringField("path", file.getKey());
                out.writeStringField("hashtype", "sha256");
                out.writeStringField("hashsum", file.getValue());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return json;
    }

    /** Removes a directory and all below it. */
    static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void text(Path file, String text) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
