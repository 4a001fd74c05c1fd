package dev.cartd;

import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.MemoryStore;
import dev.cartd.local.OneNode;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.SpaceStore;
import dev.cartd.stage.CartWorker;
import dev.cartd.system.Timeline;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A worker that is paused after it reserved room, and goes on when its cart is another's. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LateStepTest {
    @TempDir
    private Path directory;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Holds the pull of one file back. */
    private static final class Gate implements Archive {
        private final Archive archive;
        private final String id;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        Gate(Archive archive, String id) {
            this.archive = archive;
            this.id = id;
        }

        @Override
        public void stage(String file) {
            archive.stage(file);
        }

        @Override
        public Found status(String file) {
            return archive.status(file);
        }

        @Override
        public InputStream pull(String file, long from, long size) {
            if (file.equals(id)) {
                reached.countDown();
                await(open);
            }
            return archive.pull(file, from, size);
        }

        @Override
        public void close() {
            archive.close();
        }

        static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWakesInTheMiddleOfItsSuccessorsStepHarmsNothing(boolean bundle) throws Exception {
        store.add(archive.request("cart", bundle, 1000, 2000, 3000), 0);
        // A step before was broken off, so that the next ones look at what it may have left.
        store.record(store.claim(1).orElseThrow().with(Durability.of("another boot")), List.of());
        Gate gate = new Gate(archive, "cart/2");
        CartWorker successor = worker(gate, () -> {});
        AtomicBoolean once = new AtomicBoolean();
        Future<?>[] step = new Future<?>[1];
        CartWorker late = worker(archive, () -> {
            if (!once.getAndSet(true)) {
                step[0] = threads.submit(() -> successor.advance(1));
                Gate.await(gate.reached);
            }
        });
        late.advance(1);
        assertThat(store.files(1)).noneMatch(file -> file.path().endsWith("f2") && file.status() == FileStatus.STAGED);
        gate.open.countDown();
        step[0].get();
        untilReady(successor);
        assertRight(bundle);
        for (int i = 0; i < 3; i++) {
            assertThat(archive.count("pull", "cart/" + i)).isEqualTo(1);
        }
    }

    @Test
    void whoWakesAfterItsSuccessorTakesNoReadyTarBack() throws Exception {
        store.add(archive.request("cart", true, 1000, 2000, 3000), 0);
        CartWorker successor = worker(archive, () -> {});
        untilReady(successor);
        assertThat(store.restage(store.live("cart").get(0))).isTrue();
        AtomicBoolean once = new AtomicBoolean();
        CartWorker late = worker(archive, () -> {
            if (!once.getAndSet(true)) {
                untilReady(successor);
            }
        });
        late.advance(1);
        assertThat(once).isTrue();
        assertRight(true);
        assertThat(directory.resolve("1/.part")).doesNotExist();
    }

    private void untilReady(CartWorker worker) {
        while (store.live("cart").get(0).status() != CartStatus.READY) {
            worker.advance(1);
        }
    }

    private void assertRight(boolean bundle) throws IOException {
        for (int i = 0; i < 3; i++) {
            byte[] expected = archive.bytes("cart/" + i);
            if (bundle) {
                byte[] tar = Files.readAllBytes(directory.resolve("1/cart.tar"));
                assertThat(contains(tar, expected)).as("file " + i).isTrue();
            } else {
                assertThat(directory.resolve("1/cart/d" + i + "/f" + i)).hasBinaryContent(expected);
            }
        }
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i += 512) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    /** A worker, and something that happens each time when it has reserved room. */
    private CartWorker worker(Archive from, Runnable reserved) {
        Volume volume = MarkedVolume.at(directory, store);
        SpaceStore space = Around.port(SpaceStore.class, store.space(), (method, arguments, port) -> {
            Object answer = port.call();
            if (method.equals("reserve")) {
                reserved.run();
            }
            return answer;
        });
        Timeline clock = Timeline.ofMachine(InstantSource.system());
        return new CartWorker(
                from,
                List.of(),
                store,
                volume,
                new VolumeWatch(volume.mark(), false, Quick.PAUSE, clock),
                new Space(volume, space, SpaceSettings.DEFAULT, clock),
                cart -> {},
                new OneNode(),
                clock,
                StageSettings.DEFAULT.withShare(false),
                Memory.ofHeap(),
                cart -> {});
    }
}
