package dev.cartd.volume;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Checksum;
import dev.cartd.local.MemoryStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Who may write to what is unfinished, and what the steps of one cart can do to each other. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PartsTest {
    @TempDir
    private Path home;

    private Volume volume;
    private Path outside;

    /** What somebody may have put where a part was. */
    enum Planted {
        SYMLINK,
        DANGLING,
        HARD_LINK,
        FIFO,
        DIRECTORY
    }

    @BeforeEach
    void start() throws IOException {
        volume = MarkedVolume.at(home.resolve("volume"));
        outside = Files.writeString(home.resolve("outside"), "precious");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsWrittenThroughWhatIsPlantedForAPart(Planted planted) throws Exception {
        leave(4, 12, "half a file");
        for (Path part : parts()) {
            Files.delete(part);
            plant(planted, part);
        }
        write(5, 12);
        assertThat(outside).hasContent("precious");
        assertThat(home.resolve("nowhere")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsWrittenThroughWhatIsPlantedWhileAStepRuns(Planted planted) throws Exception {
        leave(4, 12, "half a file");
        try (Parts parts = volume.parts(cart(5))) {
            for (Path part : parts()) {
                Files.delete(part);
                plant(planted, part);
                plant(planted, part.resolveSibling("13"));
            }
            for (long number : List.of(12L, 13L)) {
                try (Part part = parts.open(number)) {
                    part.channel().write(bytes("evil"), 0);
                }
            }
        }
        assertThat(outside).hasContent("precious");
        assertThat(home.resolve("nowhere")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "3/.part", "3/.part/4"})
    void noSymlinkOnTheWayIsFollowed(String level) throws Exception {
        leave(4, 12, "half a file");
        Path elsewhere = home.resolve("elsewhere");
        Path here = volume.root().resolve(level);
        Files.move(here, elsewhere);
        Files.createSymbolicLink(here, elsewhere);
        List<String> before = contents(elsewhere);
        try {
            write(5, 12);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("symlink");
        }
        assertThat(contents(elsewhere)).isEqualTo(before);
    }

    @Test
    void aSymlinkOnTheWayThatIsPlantedWhileAStepRunsIsNotFollowed() throws Exception {
        Path elsewhere = home.resolve("elsewhere");
        try (Parts parts = volume.parts(cart(5))) {
            Path here = volume.root().resolve("3/.part");
            Files.move(here, elsewhere);
            Files.createSymbolicLink(here, elsewhere);
            List<String> before = contents(elsewhere);
            assertThatThrownBy(() -> parts.open(12)).hasMessageContaining("symlink");
            assertThat(contents(elsewhere)).isEqualTo(before);
        }
    }

    @Test
    void theLinksAreNotMadeElsewhere() throws Exception {
        Path cartuids = volume.root().resolve("cartuids");
        Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
        Files.delete(cartuids);
        Files.createSymbolicLink(cartuids, elsewhere);
        assertThatThrownBy(() -> volume.parts(cart(5))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> volume.pointUidLink("c", Optional.of(cart(5)))).hasMessageContaining("symlink");
        assertThat(contents(elsewhere)).containsExactly("");
    }

    @Test
    void aTarOfTwoNamesIsCopiedNotWrittenTo() throws Exception {
        leave(4, Parts.TAR, "half a tar");
        Files.createLink(home.resolve("backup"), parts().get(0));
        try (Parts parts = volume.parts(cart(5));
                Part tar = parts.open(Parts.TAR, this::copy)) {
            tar.channel().write(bytes("HALF"), 0);
            assertThat(tar.path()).hasContent("HALF a tar");
        }
        assertThat(home.resolve("backup")).hasContent("half a tar");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingThatIsReadIsWaitedFor(boolean tar) throws Exception {
        Cart cart = claim(4, tar);
        Path path = tar ? volume.files(cart).path() : volume.tree(cart).path(file());
        Files.createDirectories(path.getParent());
        plant(Planted.FIFO, path);
        assertThatThrownBy(
                        () -> (tar ? volume.tar(cart).open() : volume.tree(cart).open(file())).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void aLateStepFindsNothingByName() throws Exception {
        leave(3, Parts.TAR, "half a tar");
        try (Parts late = volume.parts(cart(4))) {
            Part tar = late.open(Parts.TAR);
            Part file = late.open(12);
            Path ready = Files.writeString(volume.tar(tarred(4)).path(), "a ready tar");
            try (Parts now = volume.parts(cart(5));
                    Part mine = now.open(Parts.TAR, this::copy)) {
                assertThatThrownBy(() -> late.open(13)).isInstanceOf(Overtaken.class);
                assertThatThrownBy(() -> volume.tar(tarred(4)).takeBack(late)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> volume.tar(tarred(4)).place(tar.path(), late))
                        .isInstanceOf(Overtaken.class);
                assertThatThrownBy(() -> volume.tree(cart(4)).place(file(), file.path()))
                        .isInstanceOf(Overtaken.class);
                assertThatThrownBy(() -> volume.parts(cart(4))).isInstanceOf(Overtaken.class);
                late.keep(Parts.TAR, tar);

                assertThat(mine.path()).hasContent("half a tar");
                assertThat(ready).hasContent("a ready tar");
                assertThat(volume.root().resolve("3/c")).doesNotExist();
            }
            file.close();
        }
        assertThat(contents(volume.root().resolve("3/.part")))
                .contains("5", "5/0")
                .allMatch(name -> name.matches("(5.*)?"));
    }

    @Test
    void aStepThatBeginsLateTakesNothingBack() throws Exception {
        try (Parts late = volume.parts(cart(4))) {
            try (Parts now = volume.parts(cart(5))) {
                now.open(Parts.TAR).close();
            }
            volume.syncNames(cart(5), List.of());
            Path ready = Files.writeString(volume.tar(tarred(5)).path(), "a ready tar");
            assertThatThrownBy(() -> volume.tar(tarred(4)).takeBack(late)).isInstanceOf(IOException.class);
            assertThat(ready).hasContent("a ready tar");
        }
    }

    @Test
    void whatSomebodyMayStillWriteToIsNeverGoneOnWith() throws Exception {
        Parts late = volume.parts(cart(4));
        try (Part tar = late.open(Parts.TAR);
                Part file = late.open(12)) {
            tar.channel().write(bytes("half a tar"), 0);
            file.channel().write(bytes("half a file"), 0);
            late.close(); // Its requests hang, and go on later.
            try (Parts now = volume.parts(cart(5))) {
                assertThat(now.mayBeWritten(Parts.TAR)).isTrue();
                assertThat(now.has(12)).isFalse();
                try (Part mine = now.open(Parts.TAR, this::copy);
                        Part fresh = now.open(12)) {
                    tar.channel().write(bytes("late"), 0);
                    file.channel().write(bytes("late"), 0);
                    assertThat(mine.path()).hasContent("half a tar");
                    assertThat(fresh.path()).isEmptyFile();
                }
            }
        }
    }

    @Test
    void anotherStepsReadingLosesNothing() throws Exception {
        // On some systems a process that closes any descriptor of a file loses all its locks on it.
        Cart cart = cart(4);
        try (Parts late = volume.parts(cart);
                Part tar = late.open(Parts.TAR)) {
            tar.channel().write(bytes("half a tar"), 0);
            volume.tar(cart).open().close();
            try (Parts now = volume.parts(cart(5));
                    Part mine = now.open(Parts.TAR, this::copy)) {
                tar.channel().write(bytes("late"), 0);
                assertThat(mine.path()).hasContent("half a tar");
            }
        }
    }

    @Test
    void aProcessThatDiedLeavesWhatItHad() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        Path held = heldBy(process);
        try (Parts now = volume.parts(cart(5))) {
            assertThat(now.mayBeWritten(Parts.TAR)).isTrue();
        }
        process.destroyForcibly().waitFor();
        try (Parts now = volume.parts(cart(6));
                Part tar = now.open(Parts.TAR)) {
            assertThat(tar.hasEarlierBytes()).isTrue();
            assertThat(tar.path()).hasContent("half a tar");
        }
        assertThat(held).doesNotExist();
    }

    @Test
    void aProcessThatIsPausedLeavesNothing() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
            heldBy(process);
            new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            await().until(() -> state(process).equals("T"));
            try (Parts now = volume.parts(cart(5))) {
                assertThat(now.mayBeWritten(Parts.TAR)).isTrue();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aWriterOfAnotherMachineIsNotKnownToBeDead() throws Exception {
        leave(4, Parts.TAR, "half a tar");
        Path part = volume.root().resolve("3/.part");
        Files.move(part.resolve("4"), part.resolve("4.somebody-unknown"));
        try (Parts now = volume.parts(cart(5))) {
            assertThat(now.mayBeWritten(Parts.TAR)).isTrue();
        }
    }

    @Test
    void aFinishedCartHasNothingUnfinished() throws Exception {
        leave(4, 12, "a mark");
        volume.syncNames(cart(5), List.of());
        assertThat(volume.root().resolve("3/.part")).doesNotExist();
    }

    @Test
    void aStepLeavesNothingEmptyBehind() throws Exception {
        volume.parts(cart(4)).close();
        assertThat(volume.root().resolve("3/.part")).isEmptyDirectory();
    }

    /** Has a tar whose writer is this process, as far as the volume tells. */
    private Path heldBy(Process process) throws Exception {
        assumeTrue(
                Files.exists(Path.of("/proc/self/stat")), "only where the system shows its processes: no /proc here");
        leave(4, Parts.TAR, "half a tar");
        Writer own = Writer.begin();
        own.end();
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        long start = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
        Writer other = new Writer(own.boot(), own.space(), process.pid(), start, "0123456789abcdef", 1);
        Path part = volume.root().resolve("3/.part");
        return Files.move(part.resolve("4"), part.resolve("4." + other.text()));
    }

    private static String state(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[0];
    }

    private void copy(FileChannel from, FileChannel to) throws IOException {
        from.transferTo(0, from.size(), to);
    }

    private void leave(long epoch, long number, String content) throws IOException {
        try (Parts parts = volume.parts(cart(epoch));
                Part part = parts.open(number)) {
            part.channel().write(bytes(content), 0);
        }
    }

    private void write(long epoch, long number) throws IOException {
        try (Parts parts = volume.parts(cart(epoch));
                Part part = parts.open(number)) {
            part.channel().write(bytes("evil"), 0);
        }
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> all = Files.walk(volume.root().resolve("3/.part"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private List<String> contents(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(path -> directory.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private void plant(Planted planted, Path path) throws Exception {
        switch (planted) {
            case SYMLINK -> Files.createSymbolicLink(path, outside);
            case DANGLING -> Files.createSymbolicLink(path, home.resolve("nowhere"));
            case HARD_LINK -> Files.createLink(path, outside);
            case DIRECTORY -> Files.writeString(Files.createDirectory(path).resolve("x"), "x");
            case FIFO ->
                assumeTrue(
                        new ProcessBuilder("mkfifo", path.toString()).start().waitFor() == 0,
                        "no FIFO can be made here");
        }
    }

    private Cart cart(long epoch) {
        return claim(epoch, false);
    }

    private Cart tarred(long epoch) {
        return claim(epoch, true);
    }

    /** The cart number 3, claimed so often. */
    private static Cart claim(long epoch, boolean bundle) {
        MemoryStore store = store(bundle);
        Cart claim = store.claim(3).orElseThrow();
        while (claim.epoch() < epoch) {
            claim = store.claim(3).orElseThrow();
        }
        return claim;
    }

    private static CartFile file() {
        return store(false).files(3).get(0).seen(0, 0, true);
    }

    private static MemoryStore store(boolean bundle) {
        MemoryStore store = new MemoryStore(InstantSource.system());
        CartRequest.Item item = new CartRequest.Item("1", BundlePath.parse("d/f"), new Checksum("md5", "0".repeat(32)));
        store.add(new CartRequest("c", bundle, List.of(item)), 2);
        return store;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
