package dev.cartd.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The Java files of all modules. */
final class Sources {
    private Sources() {}

    /** Those of the program only. */
    static List<Path> main() throws IOException {
        return below("src/main");
    }

    /** Those of the program, of its tests, of benchmarks and of simulations. */
    static List<Path> all() throws IOException {
        return below("src");
    }

    private static List<Path> below(String part) throws IOException {
        List<Path> sources = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(Path.of(".."), "cartd-*")) {
            for (Path module : modules) {
                try (Stream<Path> files = Files.walk(module.resolve(part))) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }
}
