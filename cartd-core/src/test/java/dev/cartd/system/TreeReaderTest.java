package dev.cartd.system;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

class TreeReaderTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** Directories in one another, beside one another, and files in all of them. */
    private static final List<String> PATHS = List.of(
            "a", "b/a", "b/c/a", "b/c/d/e/f/g/h/i", "b/c/d/e/f/g/h/j", "b/c/d/e/f/k", "b/c/z", "bb/a", "bb/c/a", "z");

    @TempDir
    Path root;

    private Path tree = Path.of("");

    @BeforeEach
    void plant() throws IOException {
        assumeThat(TreeReader.isPossible(root)).isTrue();
        tree = root.resolve("7/cart");
        for (String path : PATHS) {
            Files.createDirectories(tree.resolve(path).getParent());
            Files.writeString(tree.resolve(path), path);
        }
    }

    private TreeReader reader() {
        return new TreeReader(root, Path.of("7/cart"));
    }

    private static void assertReads(TreeReader reader, String path) throws IOException {
        assertThat(reader.attributes(path).isRegularFile()).isTrue();
        assertThat(reader.attributes(path).size()).isEqualTo(path.length());
        try (var file = reader.open(path)) {
            assertThat(Channels.newInputStream(file).readAllBytes()).isEqualTo(path.getBytes(UTF_8));
        }
    }

    @Test
    void filesAreReadInAnyOrder() throws IOException {
        Random random = new Random(5);
        try (TreeReader reader = reader()) {
            for (int i = 0; i < 300; i++) {
                assertReads(reader, PATHS.get(random.nextInt(PATHS.size())));
            }
        }
    }

    @Test
    void manyThreadsReadAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (TreeReader reader = reader()) {
            List<Future<Void>> running = IntStream.range(0, 4)
                    .mapToObj(seed -> threads.submit(() -> {
                        Random random = new Random(seed);
                        for (int i = 0; i < 300; i++) {
                            assertReads(reader, PATHS.get(random.nextInt(PATHS.size())));
                            if (i % 10 == seed) {
                                reader.rest();
                            }
                        }
                        return (Void) null;
                    }))
                    .toList();
            for (Future<Void> done : running) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        try (TreeReader reader = reader();
                TreeReader elsewhere = new TreeReader(root, Path.of("8/cart"));
                TreeReader inNoRoot = new TreeReader(root.resolve("gone"), Path.of("7/cart"))) {
            for (String path : List.of("y", "b/y", "y/a", "b/c/y/d/e", "a/b", "b/c/z/y")) {
                assertThatThrownBy(() -> reader.attributes(path)).isInstanceOf(NoSuchFileException.class);
                assertThatThrownBy(() -> reader.open(path)).isInstanceOf(NoSuchFileException.class);
            }
            assertThatThrownBy(() -> elsewhere.attributes("a")).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> inNoRoot.attributes("a")).isInstanceOf(NoSuchFileException.class);
            assertReads(reader, "b/c/a");
        }
    }

    @Test
    void noSymlinkIsFollowed() throws IOException {
        Path outside = Files.createDirectories(root.resolve("outside"));
        Files.writeString(outside.resolve("a"), "secret");
        Files.createSymbolicLink(tree.resolve("file"), outside.resolve("a"));
        Files.createSymbolicLink(tree.resolve("directory"), outside);
        Files.createSymbolicLink(tree.resolve("inside"), Path.of("b"));
        Files.createSymbolicLink(root.resolve("7/other"), Path.of("cart"));
        Files.createSymbolicLink(root.resolve("8"), Path.of("7"));
        try (TreeReader reader = reader()) {
            assertThat(reader.attributes("file").isSymbolicLink()).isTrue();
            assertThatThrownBy(() -> reader.open("file")).isInstanceOf(IOException.class);
            for (String path : List.of("directory/a", "inside/a", "inside/c/a")) {
                assertThatThrownBy(() -> reader.attributes(path)).isInstanceOf(NoSuchFileException.class);
                assertThatThrownBy(() -> reader.open(path)).isInstanceOf(NoSuchFileException.class);
            }
        }
        for (String way : List.of("7/other", "8/cart")) {
            try (TreeReader reader = new TreeReader(root, Path.of(way))) {
                assertThatThrownBy(() -> reader.open("a")).isInstanceOf(NoSuchFileException.class);
            }
        }
    }

    @Test
    void aDirectoryThatBecomesASymlinkLeadsNowhereElse() throws IOException {
        Files.createDirectories(root.resolve("outside/c"));
        Files.writeString(root.resolve("outside/c/a"), "secret");
        try (TreeReader reader = reader()) {
            assertReads(reader, "b/c/a");
            Files.move(tree.resolve("b"), tree.resolve("moved"));
            Files.createSymbolicLink(tree.resolve("b"), root.resolve("outside"));
            // The directory that is open is still the one that was looked at.
            assertReads(reader, "b/c/a");
            reader.rest();
            assertThatThrownBy(() -> reader.open("b/c/a")).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void fewDirectoriesAreOpenAndNoneAtRestOrAfterTheEnd() throws IOException {
        assumeThat(Files.isDirectory(DESCRIPTORS)).isTrue();
        long before = openBelow(root);
        TreeReader reader = reader();
        for (String path : PATHS) {
            assertReads(reader, path);
            assertThat(openBelow(root) - before).isBetween(1L, 8L);
        }
        reader.rest();
        assertThat(openBelow(root)).isEqualTo(before);
        assertReads(reader, "b/c/a");
        reader.close();
        assertThat(openBelow(root)).isEqualTo(before);
        assertThatThrownBy(() -> reader.attributes("a")).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> reader.open("a")).isInstanceOf(ClosedChannelException.class);
    }

    private static long openBelow(Path directory) throws IOException {
        Path real = directory.toRealPath();
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.filter(descriptor -> leadsBelow(descriptor, real)).count();
        }
    }

    private static boolean leadsBelow(Path descriptor, Path directory) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            return false; // It was that of the list.
        }
    }

    @Test
    void whereFilesCannotBeOpenedRelativelyIsTold() throws IOException {
        try (FileSystem plain = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setSupportedFeatures(Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL)
                .build())) {
            assertThat(TreeReader.isPossible(plain.getPath("/work"))).isFalse();
            assertThat(TreeReader.isPossible(plain.getPath("/gone"))).isTrue();
        }
    }
}
