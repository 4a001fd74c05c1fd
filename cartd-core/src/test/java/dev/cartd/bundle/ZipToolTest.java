package dev.cartd.bundle;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

/** The programs that people have get out of a zip what went into it. */
class ZipToolTest {
    @TempDir
    Path disk;

    @TempDir
    Path extracted;

    private CartOnDisk cart;

    @BeforeEach
    void emptyCart() {
        cart = new CartOnDisk(disk);
    }

    @ParameterizedTest
    @EnumSource
    void filesComeOutAsTheyWentIn(ZipTool tool) throws Exception {
        tool.assumeHere(disk);
        for (String name : List.of("\uD83D\uDE00/中文", "ünïcode", "sp ace", "-rf", "it's \"quoted\"", "a.zip")) {
            cart.add("names/" + name, 513, 1_473_806_060);
        }
        if (tool != ZipTool.BSDTAR) { // That one composes what is decomposed.
            cart.add("names/e\u0301", 513, 1_473_806_060);
        }
        cart.add("n".repeat(255), 0, 1_473_806_060);
        cart.add("large", 300_000, 1_400_000_000);
        Path zip = Files.write(disk.resolve("cart.zip"), cart.zip(cart.zipLayout("my")));

        tool.test(zip, disk);
        tool.extract(zip, extracted);

        assertThat(TarTool.found(extracted, "find", "my", "-type", "f", "-exec", "sha256sum", "--zero", "{}", "+"))
                .containsExactlyInAnyOrderElementsOf(hashes());
        assertThat(TarTool.found(extracted, "find", "my", "-type", "f", "-printf", "%T@ %p\\0"))
                .filteredOn(line -> line.endsWith("large"))
                .allMatch(line -> line.startsWith("1400000000.") || tool == ZipTool.PYTHON);
    }

    /** Members whose sizes and places take more than 32 bits, and more members than 16 bits count. */
    @ParameterizedTest
    @EnumSource
    void membersBeyondFourGigabytesAreListed(ZipTool tool) throws Exception {
        tool.assumeHere(disk);
        List<CartFile> files = new ArrayList<>();
        files.add(CartOnDisk.file(1, "a", 5L << 30, 1).withCrc(1));
        files.add(CartOnDisk.file(2, "b", 1L << 32, 1).withCrc(1));
        files.add(CartOnDisk.file(3, "c", 0xffff_fffeL, 1).withCrc(1));
        for (int i = 0; i < 66_000; i++) {
            files.add(CartOnDisk.file(i + 4, "f/" + i, 7, 1).withCrc(1));
        }
        Path zip = sparse(ZipLayout.of("my", files));

        assertThat(tool.list(zip, disk).lines())
                .as("lines") // without the whole list of them
                .anyMatch(line -> line.contains("5368709120") && line.endsWith("my/a"))
                .anyMatch(line -> line.contains("4294967296") && line.endsWith("my/b"))
                .anyMatch(line -> line.contains("4294967294") && line.endsWith("my/c"))
                .anyMatch(line -> line.contains("7") && line.endsWith("my/f/65999"))
                .hasSizeGreaterThanOrEqualTo(66_005);
    }

    /** All of a zip but the data of its files, which are holes. */
    private Path sparse(ZipLayout layout) throws IOException {
        Path zip = disk.resolve("sparse.zip");
        try (FileChannel out = FileChannel.open(zip, CREATE_NEW, WRITE)) {
            for (int i = 0; i < 2 * layout.size() + 1; i++) {
                out.write(ByteBuffer.wrap(layout.header(i)), layout.start(i));
            }
            assertThat(out.size()).isEqualTo(layout.length());
        }
        return zip;
    }

    private List<String> hashes() throws Exception {
        List<String> lines = new ArrayList<>();
        for (CartFile file : cart.files()) {
            lines.add(ScriptedArchive.hash("SHA-256", cart.bytes(file)) + "  my/" + file.path());
        }
        return lines;
    }
}
