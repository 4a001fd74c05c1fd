package dev.cartd.volume;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Standstill;
import dev.cartd.local.MemoryStore;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Many files of a tree, looked for and read at once. */
class CartTreeTest {
    private static final Cart CART = new Cart(
            7,
            "cart",
            false,
            CartStatus.READY,
            "",
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            1,
            new Cart.Progress(0, 0, 0, 0),
            0,
            Optional.empty(),
            Standstill.NEW,
            Durability.SYNCED);

    /** File systems: the real one; one that opens files relative to directories, and one that does not. */
    private enum Medium {
        REAL,
        RELATIVE,
        PLAIN
    }

    private static final int FILES = 1300;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final List<CartFile> files = IntStream.range(0, FILES)
            .mapToObj(i -> file(i + 1, "%02d/%02d/%04d".formatted(i / 300, i / 100, i), i % 50))
            .toList();
    private final FileSystem relative = Jimfs.newFileSystem(Configuration.unix());
    private final FileSystem plain = Jimfs.newFileSystem(Configuration.unix().toBuilder()
            .setSupportedFeatures(Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL)
            .build());

    @AfterEach
    void close() throws IOException {
        relative.close();
        plain.close();
    }

    private static CartFile file(long id, String path, long size) {
        Checksum checksum = new Checksum("md5", "00");
        return new CartFile(id, path, path, checksum, FileStatus.STAGED, "", size, 0, true, 0, false, 0);
    }

    private Path root(Medium medium) {
        return switch (medium) {
            case REAL -> directory;
            case RELATIVE -> relative.getPath("/volume");
            case PLAIN -> plain.getPath("/volume");
        };
    }

    private CartTree plant(Medium medium) throws IOException {
        Path root = root(medium);
        MemoryStore store = new MemoryStore(now::get);
        MarkedVolume.at(root, store);
        CartTree tree = new Volume(root, store, Timeline.ofMachine(now::get)).tree(CART);
        for (CartFile file : files) {
            Files.createDirectories(tree.path(file).getParent());
            Files.write(tree.path(file), new byte[(int) file.size()]);
        }
        return tree;
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void theFirstFileThatIsMissingIsNamed(Medium medium) throws IOException {
        CartTree tree = plant(medium);
        assertThat(tree.missing(files)).isEmpty();
        assertThat(tree.missing(List.of())).isEmpty();

        Files.delete(tree.path(files.get(1250)));
        assertThat(tree.missing(files)).contains(files.get(1250));
        assertThat(tree.missing(files.subList(0, 1250))).isEmpty();
        Files.delete(tree.path(files.get(1100)));
        Files.delete(tree.path(files.get(1050)));
        assertThat(tree.missing(files)).contains(files.get(1050));
        Files.delete(tree.path(files.get(0)));
        assertThat(tree.missing(files)).contains(files.get(0));
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void whatIsNoRegularFileOfItsSizeIsMissing(Medium medium) throws IOException {
        CartTree tree = plant(medium);
        Path longer = tree.path(files.get(4));
        Path emptyLink = tree.path(files.get(3));
        Path moved = tree.path().resolve("moved");

        Files.write(longer, new byte[5]);
        assertThat(tree.missing(files)).contains(files.get(4));
        Files.move(emptyLink, moved);
        Files.createSymbolicLink(emptyLink, moved);
        assertThat(tree.missing(files)).contains(files.get(3));
        Files.delete(emptyLink);
        Files.createDirectory(emptyLink);
        assertThat(tree.missing(files)).contains(files.get(3));
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void whatASymlinkLeadsToIsMissing(Medium medium) throws IOException {
        CartTree tree = plant(medium);
        Path moved = tree.path().resolveSibling("moved");
        for (Path link : List.of(tree.path().resolve("00/01"), tree.path().resolve("00"), tree.path())) {
            Files.move(link, moved);
            Files.createSymbolicLink(link, moved);
            CartFile first = files.get(link.endsWith("01") ? 100 : 0);
            assertThat(tree.missing(files)).contains(first);
            try (CartTree.Reader reader = tree.reader()) {
                assertThatThrownBy(() -> reader.open(first)).isInstanceOf(NoSuchFileException.class);
            }
            Files.delete(link);
            Files.move(moved, link);
        }
        assertThat(tree.missing(files)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void noFileIsMissingWhileTheVolumeIsAway(Medium medium) throws IOException {
        CartTree tree = plant(medium);
        Path root = root(medium);
        Files.move(root.resolve("7"), root.resolve("x"));
        Files.delete(root.resolve(".cartd-volume"));
        later(Duration.ofSeconds(2));
        assertThatThrownBy(() -> tree.missing(files)).isInstanceOf(VolumeNotThere.class);
    }

    @ParameterizedTest
    @EnumSource(Medium.class)
    void filesAreReadOneAfterTheOther(Medium medium) throws IOException {
        CartTree tree = plant(medium);
        try (CartTree.Reader reader = tree.reader()) {
            for (CartFile file : files) {
                try (SeekableByteChannel channel = reader.open(file)) {
                    assertThat(channel.size()).isEqualTo(file.size());
                }
            }
            reader.rest();
            reader.open(files.get(0)).close();
        }
    }

    @Test
    void aPipeThatCameMeanwhileBlocksNobody() throws Exception {
        CartTree tree = plant(Medium.REAL);
        try (CartTree.Reader reader = tree.reader()) {
            reader.open(files.get(0)).close();
            Path pipe = tree.path(files.get(1));
            Files.delete(pipe);
            assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
            later(Duration.ofSeconds(1));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThatThrownBy(() -> reader.open(files.get(1))).isInstanceOf(NoSuchFileException.class));
        }
    }

    private void later(Duration by) {
        now.updateAndGet(before -> before.plus(by));
    }
}
