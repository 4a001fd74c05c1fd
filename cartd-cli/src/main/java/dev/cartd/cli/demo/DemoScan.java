package dev.cartd.cli.demo;

import dev.cartd.cart.CartException;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Checksum;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Walks over the directory of an archive once: reads and hashes its regular files. Follows no links. */
final class DemoScan extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Path without;
    private final Map<String, String> hashes = new TreeMap<>();
    private final List<String> skipped = new ArrayList<>();
    private long bytes;

    DemoScan(Path root, Path without) {
        this.root = root;
        this.without = without;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        boolean own = directory.equals(without) && !root.startsWith(without);
        return own ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String path =
                root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        try {
            if (attributes.isRegularFile()) {
                add(file, path);
            }
        } catch (CartException.Invalid | IOException e) {
            skipped.add(path + " (" + FailedException.reason(e) + ")");
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        skipped.add(file + " (" + FailedException.reason(failure) + ")");
        return FileVisitResult.CONTINUE;
    }

    private void add(Path file, String path) throws IOException {
        if (!root.resolve(path).equals(file)) {
            throw new CartException.Invalid("its name is not text");
        }
        CartRequest.Item.of(path, path, "sha256", "");
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, Checksum.sha256())) {
            bytes += digest.transferTo(OutputStream.nullOutputStream());
            hashes.put(path, HexFormat.of().formatHex(digest.getMessageDigest().digest()));
        }
    }

    /** The files that were found. */
    DemoFiles found() {
        return new DemoFiles(root, hashes, bytes, skipped);
    }
}
