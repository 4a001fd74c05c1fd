package dev.cartd.pull;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Checksum;
import dev.cartd.local.MemoryStore;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.system.Timeline;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class TwinFilesTest {
    private static final int SIZE = 40 << 20;

    /** That of so many zeros. */
    private static final String MD5 = "ec8bb3b24d5b0f1b5bdf8c8f0f541ee6";

    @TempDir
    private Path directory;

    @Test
    void aCopyThatIsNotWantedAnyMoreEndsAfterAPiece() throws IOException {
        MemoryStore store = new MemoryStore(InstantSource.system());
        CartRequest.Item item = new CartRequest.Item("1", BundlePath.parse("f"), new Checksum("md5", MD5));
        store.add(new CartRequest("c", false, List.of(item)), 0);
        Cart cart = store.claim(1).orElseThrow();
        CartFile file = store.files(1).get(0).seen(SIZE, 0, true);
        Volume volume = MarkedVolume.at(directory.resolve("volume"), store);
        Path source = volume.tree(cart).path(file);
        Files.createDirectories(source.getParent());
        try (RandomAccessFile sparse = new RandomAccessFile(source.toFile(), "rw")) {
            sparse.setLength(SIZE);
        }
        TwinFiles files = new TwinFiles(store, volume);
        FilePull copy = new FilePull(
                from -> files.open(new Twin(cart, file), from),
                file,
                64 << 10,
                Timeline.ofMachine(InstantSource.system()));
        Path target = directory.resolve("target");
        try (FileChannel to = FileChannel.open(
                target, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThat(copy.run(to, 0, () -> true, at -> {})).isFalse();
            assertThat(copy.position()).isBetween(1L, SIZE / 4L);
            assertThat(copy.run(to, 0, () -> false, at -> {})).isTrue();
        }
        assertThat(target).hasSize(SIZE);
    }
}
