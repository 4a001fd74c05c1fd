package dev.cartd.bundle;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

/** The programs that people have get out of a tar what went into it. */
class TarToolTest {
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
    void filesComeOutAsTheyWentIn(TarTool tool) throws Exception {
        tool.assumeHere(disk);
        for (int length : new int[] {95, 96, 97, 98, 99, 100, 101, 255}) {
            cart.add("f".repeat(length), 511, 1_000_000_000 + length);
            // For one of these the 100th byte of the whole is a slash.
            cart.add("d".repeat(length) + "/f", 0, 1_000_000_000);
        }
        cart.add(String.join("/", "p".repeat(255), "q".repeat(255), "ü".repeat(127), "f"), 513, 1_400_000_000);
        for (String name : List.of(
                "\uD83D\uDE00/中文",
                "ünïcode",
                "sp ace ",
                "-rf",
                "~root",
                "it's \"quoted\"",
                "back\\slash",
                "c:",
                "a.tar",
                "...")) {
            cart.add("names/" + name, 512, 1_473_806_059);
        }
        if (tool != TarTool.BSDTAR) {
            // That one composes what is decomposed, in every tar of this format.
            cart.add("names/e\u0301", 512, 1_473_806_059);
        }
        cart.add("epoch", 70_000, 0);

        assertThat(tool.extract(tar(), extracted)).as("complaints").isEmpty();

        assertThat(TarTool.found(extracted, "find", "my", "-type", "f", "-printf", "%m %s %T@ %p\\0"))
                .containsExactlyInAnyOrderElementsOf(
                        expected(file -> "644 " + file.size() + " " + file.mtime() + ".0000000000 my/" + file.path()));
        assertThat(TarTool.found(extracted, "find", "my", "-type", "f", "-exec", "sha256sum", "--zero", "{}", "+"))
                .containsExactlyInAnyOrderElementsOf(expected(file -> sha256(file) + "  my/" + file.path()));
        assertThat(TarTool.found(extracted, "find", "my", "-type", "d", "-printf", "%m %T@ %p\\0"))
                .hasSize(1 + 8 + 3 + 2)
                .contains(
                        "755 1473806059.0000000000 my",
                        "755 1473806059.0000000000 my/names/\uD83D\uDE00",
                        "755 1000000000.0000000000 my/" + "d".repeat(255),
                        "755 1400000000.0000000000 my/" + "p".repeat(255));
        assertThat(TarTool.found(extracted, "find", ".", "-not", "-type", "f", "-not", "-type", "d", "-print0"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void noTimeKeepsAFileFromComingOut(TarTool tool) throws Exception {
        tool.assumeHere(disk);
        cart.add("before-1970", 10, -1);
        cart.add("after-2242", 20, 8_589_934_592L);
        cart.add("the-end-of-time/é", 30, Long.MAX_VALUE);
        cart.add("the-beginning/é", 40, Long.MIN_VALUE);

        // GNU tar finds some of the times implausible, and says so, but goes on.
        assertThat(tool.extract(tar(), extracted).lines()).allMatch(line -> line.contains("time stamp"));

        assertThat(TarTool.found(extracted, "find", "my", "-type", "f", "-exec", "sha256sum", "--zero", "{}", "+"))
                .containsExactlyInAnyOrderElementsOf(expected(file -> sha256(file) + "  my/" + file.path()));
    }

    @ParameterizedTest
    @EnumSource
    void aFileOfMoreThanEightGigabytesIsListedAndSoIsWhatFollows(TarTool tool) throws Exception {
        tool.assumeHere(disk);
        cart.addSparse("big", 9L << 30, new byte[] {1});
        cart.add("next", 12_345, 1);
        Path tar = disk.resolve("sparse.tar");
        try (FileChannel out = FileChannel.open(tar, CREATE, WRITE)) {
            cart.layout("my").writeHeaders(out);
        }

        assertThat(tool.list(tar, disk).lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("9663676416") && line.endsWith("my/big"))
                .anyMatch(line -> line.contains("12345") && line.endsWith("my/next"));
    }

    private Path tar() throws IOException {
        return Files.write(disk.resolve("cart.tar"), cart.tar(cart.layout("my")));
    }

    private interface Line {
        String of(CartFile file) throws Exception;
    }

    private List<String> expected(Line line) throws Exception {
        List<String> lines = new ArrayList<>();
        for (CartFile file : cart.files()) {
            lines.add(line.of(file));
        }
        return lines;
    }

    private String sha256(CartFile file) throws Exception {
        return ScriptedArchive.hash("SHA-256", cart.bytes(file));
    }
}
