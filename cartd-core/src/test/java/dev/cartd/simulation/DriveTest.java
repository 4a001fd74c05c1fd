package dev.cartd.simulation;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.local.MemoryStore;
import dev.cartd.volume.CartTree;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a power cut leaves on the simulated drive, and that the core makes durable what must not come back. */
class DriveTest {
    private static final int SEEDS = 30;
    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

    private static Drive drive(long seed) {
        Machine machine = machine(seed, new Machine.Carriers());
        return new Drive(machine, new Trace(null), Bug.NONE, 1 << 20);
    }

    /** Spreads the seeds: the first bit that Java draws is the same for all small ones. */
    private static Machine machine(long seed, Machine.Carriers carriers) {
        return new Machine(seed * 1_000_003, carriers);
    }

    private static Path root(Drive drive) {
        return new DriveFiles(drive).getPath("/work/volume");
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Test
    void whatIsSyncedStays() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Drive drive = drive(seed);
            Path root = root(drive);
            Path file = Files.write(root.resolve("file"), new byte[9000]);
            sync(file);
            sync(root);
            Files.createLink(root.resolve("link"), file);
            Files.delete(file);
            sync(root);
            drive.cutPower();
            assertThat(file).doesNotExist();
            assertThat(root.resolve("link")).hasSize(9000);
        }
    }

    @Test
    void whatIsNotSyncedIsOldOrNewOrSomeOfBoth() throws IOException {
        Set<String> found = new TreeSet<>();
        byte[] ones = new byte[3 * Inode.BLOCK];
        Arrays.fill(ones, (byte) 1);
        for (long seed = 0; seed < SEEDS; seed++) {
            Drive drive = drive(seed);
            Path root = root(drive);
            Path file = Files.write(root.resolve("file"), new byte[ones.length]);
            sync(file);
            sync(root);
            Files.write(file, ones, StandardOpenOption.WRITE);
            Files.createFile(root.resolve("other"));
            drive.cutPower();
            byte[] left = Files.readAllBytes(file);
            boolean isOld = Arrays.equals(left, new byte[ones.length]);
            found.add(isOld ? "old" : Arrays.equals(left, ones) ? "new" : "torn");
            found.add(Files.exists(root.resolve("other")) ? "with the other" : "without the other");
        }
        assertThat(found).containsExactly("new", "old", "torn", "with the other", "without the other");
    }

    @Test
    void aRemovedCartDoesNotComeBack() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Drive drive = drive(seed);
            Path root = root(drive);
            MemoryStore store = new MemoryStore(() -> NodeTime.BEGIN);
            Volume volume = MarkedVolume.at(root, store);
            Cart cart = claim(store);
            volume.parts(cart).close();
            sync(root);
            volume.remove(cart);
            drive.cutPower();
            assertThat(root.resolve("1")).doesNotExist();
        }
    }

    /** Where a method has another name by now, a run hangs. */
    @Test
    void theMethodsThatHoldMonitorsAreThere() throws ClassNotFoundException {
        for (String method : Drive.UNDER_MONITORS) {
            int dot = method.lastIndexOf('.');
            assertThat(Class.forName(method.substring(0, dot)).getDeclaredMethods())
                    .extracting(Method::getName)
                    .contains(method.substring(dot + 1));
        }
    }

    /** The first sync of a directory in a process fails; there are file systems that can sync none. */
    @Test
    void oneFailedSyncDoesNotEndTheSyncsOfDirectories() throws Throwable {
        Machine.Carriers carriers = new Machine.Carriers();
        for (long seed = 0; seed < SEEDS; seed++) {
            Machine machine = machine(seed, carriers);
            Drive drive = new Drive(machine, new Trace(null), Bug.NONE, 1 << 20);
            machine.run(new Machine.Node("node"), () -> {
                try {
                    Path root = root(drive);
                    MemoryStore store = new MemoryStore(() -> NodeTime.BEGIN);
                    Volume volume = MarkedVolume.at(root, store);
                    Cart cart = claim(store);
                    volume.parts(cart).close();
                    sync(root);
                    drive.fail(Drive.Operation.SYNC, 1);
                    volume.remove(cart);
                    drive.cutPower();
                    assertThat(root.resolve("1")).doesNotExist();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        carriers.close();
    }

    @Test
    void aDamagedFileThatWasRemovedDoesNotComeBack() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Drive drive = drive(seed);
            Path root = root(drive);
            MemoryStore store = new MemoryStore(() -> NodeTime.BEGIN);
            Volume volume = MarkedVolume.at(root, store);
            Cart cart = claim(store);
            CartFile file = store.files(cart.id()).get(0);
            CartTree tree = volume.tree(cart);
            try (Parts parts = volume.parts(cart);
                    Part part = parts.open(file.id())) {
                part.channel().write(ByteBuffer.allocate(10));
                tree.place(file, part.path());
                for (String path : List.of("1/u/d/a", "1/u/d", "1/u", "1", "")) {
                    sync(root.resolve(path));
                }
                assertThat(tree.clear(file, parts)).isTrue();
                drive.cutPower();
                assertThat(tree.path(file)).doesNotExist();
            }
        }
    }

    private static Cart claim(MemoryStore store) {
        CartRequest.Item item = CartRequest.Item.of("a", "d/a", "md5", MD5);
        return store.claim(
                        store.add(new CartRequest("u", false, List.of(item)), 0).id())
                .orElseThrow();
    }
}
