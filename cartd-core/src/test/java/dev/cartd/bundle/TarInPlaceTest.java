package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.bundle.CartOnDisk.file;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A tar that is written to its place piece by piece, as a worker does for a bundled cart. */
class TarInPlaceTest {
    @TempDir
    Path disk;

    private CartOnDisk cart;
    private Path tar;

    @BeforeEach
    void cartOfManyKinds() throws IOException {
        cart = new CartOnDisk(disk);
        tar = disk.resolve("cart.tar");
        for (int i = 0; i < 300; i++) {
            cart.add("d" + i % 5 + "/ü" + i % 2 + "/f" + i, i % 4 == 0 ? 0 : i * 7, i);
        }
        cart.add("z/" + "l".repeat(200), 512, 1);
    }

    @Test
    void headersThenDataMakeTheSameTar() throws IOException {
        try (FileChannel out = FileChannel.open(tar, CREATE, WRITE)) {
            cart.layout("my").writeHeaders(out);
            writeData(out);
        }
        assertThat(tar).hasBinaryContent(cart.tar(cart.layout("my")));
    }

    @Test
    void dataThenHeadersMakeTheSameTarWhateverWasThereBefore() throws IOException {
        TarLayout layout = cart.layout("my");
        byte[] garbage = new byte[(int) layout.length() + 5_000];
        Arrays.fill(garbage, (byte) 'x');
        Files.write(tar, garbage);
        try (FileChannel out = FileChannel.open(tar, WRITE)) {
            writeData(out);
            layout.writeHeaders(out);
            layout.writeHeaders(out);
        }
        assertThat(tar).hasBinaryContent(cart.tar(layout));
    }

    @Test
    void headersAloneMakeTheFileAsLongAsTheTar() throws IOException {
        TarLayout layout = TarLayout.of("my", cart.files().subList(0, 1));
        try (FileChannel out = FileChannel.open(tar, CREATE, WRITE)) {
            layout.writeHeaders(out);
        }
        assertThat(tar).hasSize(layout.length());
    }

    @Test
    void onlyFilesOfTheLayoutHaveAnOffset() throws IOException {
        TarLayout layout = cart.layout("my");
        CartFile some = cart.files().get(7);

        assertThat(layout.offset(file(1, "/" + some.path().replace("/", "//"), some.size(), 0)))
                .isEqualTo(layout.offset(some));
        for (CartFile other : new CartFile[] {
            file(1, "d1", 0, 0), file(1, "", 0, 0), file(1, "nowhere", 0, 0), file(1, some.path(), some.size() + 1, 0)
        }) {
            assertThatThrownBy(() -> layout.offset(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("file number 1");
        }
    }

    private void writeData(FileChannel out) throws IOException {
        TarLayout layout = cart.layout("my");
        for (CartFile file : cart.files()) {
            out.write(ByteBuffer.wrap(cart.bytes(file)), layout.offset(file));
        }
    }
}
