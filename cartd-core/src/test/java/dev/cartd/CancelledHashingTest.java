package dev.cartd;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.Durability;
import dev.cartd.cart.Memory;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.MemoryStore;
import dev.cartd.local.OneNode;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSettings;
import dev.cartd.stage.CartWorker;
import dev.cartd.system.Timeline;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What lies on the volume is hashed no longer than somebody wants it. */
class CancelledHashingTest {
    private static final int FILES = 4;
    private static final int SIZE = 8 << 20;
    private static final int BUFFER = 1 << 20;

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(now::get);
    private final Provider provider = new Counting();
    private final List<Runnable> atFirst = new ArrayList<>();
    private long hashed;

    /** What ends it. */
    enum End {
        DELETED,
        CLAIMED,
        CLOSED
    }

    /** Has a type of hash that only counts, and of which all bytes are 0. */
    private final class Counting extends Provider {
        private static final long serialVersionUID = 1;

        Counting() {
            super("Counting", "1", "");
            putService(new Service(this, "MessageDigest", "BLAKE2B-512", "Counter", null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new Counter();
                }
            });
        }
    }

    private final class Counter extends MessageDigestSpi {
        @Override
        protected void engineUpdate(byte input) {
            hashed++;
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            hashed += length;
            atFirst.forEach(Runnable::run);
            atFirst.clear();
        }

        @Override
        protected byte[] engineDigest() {
            return new byte[64];
        }

        @Override
        protected void engineReset() {}
    }

    @BeforeEach
    void add() {
        Security.addProvider(provider);
    }

    @AfterEach
    void remove() {
        Security.removeProvider(provider.getName());
    }

    @ParameterizedTest
    @CsvSource({"false, DELETED", "false, CLAIMED", "false, CLOSED", "true, DELETED", "true, CLAIMED", "true, CLOSED"})
    void itEnds(boolean bundle, End end) throws IOException {
        Volume volume = MarkedVolume.at(directory, store);
        Cart before = recorded(bundle);
        try (Parts paused = volume.parts(before);
                Part tar = paused.open(Parts.TAR);
                CartWorker worker = worker(volume)) {
            if (bundle) {
                // Somebody may still write to it, so that it is copied.
                tar.channel().write(ByteBuffer.allocate(1), FILES * (SIZE + 1024L) + 4096);
            } else {
                leaveTree(volume, before);
            }
            atFirst.add(() -> {
                end(end, worker);
                now.updateAndGet(time -> time.plus(Duration.ofSeconds(1)));
            });
            worker.advance(1);
        }
        assertThat(hashed).isBetween(1L, 2L * BUFFER);
    }

    private void end(End end, CartWorker worker) {
        switch (end) {
            case DELETED -> store.delete("cart");
            case CLAIMED -> store.claim(1);
            case CLOSED -> worker.close();
        }
    }

    /** All files of the cart are recorded, by a boot of the machine that has ended. */
    private Cart recorded(boolean bundle) {
        List<CartRequest.Item> items = IntStream.range(0, FILES)
                .mapToObj(i -> new CartRequest.Item(
                        "id" + i, BundlePath.parse("f" + i), new Checksum("blake2b", "0".repeat(128))))
                .toList();
        store.add(new CartRequest("cart", bundle, items), 0);
        Cart claim = store.claim(1).orElseThrow();
        List<CartFile> staged = store.files(1).stream()
                .map(file -> file.asked(0).seen(SIZE, 0, true).staged())
                .toList();
        assertThat(store.record(claim.with(Durability.of("another boot")), staged))
                .isTrue();
        return claim;
    }

    private void leaveTree(Volume volume, Cart cart) throws IOException {
        for (CartFile file : store.files(1)) {
            Path path = volume.tree(cart).path(file);
            Files.createDirectories(path.getParent());
            try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
                sparse.setLength(SIZE);
            }
        }
    }

    private CartWorker worker(Volume volume) {
        return new CartWorker(
                new ScriptedArchive(),
                List.of(),
                store,
                volume,
                new VolumeWatch(volume.mark(), false, Quick.PAUSE, Timeline.ofMachine(now::get)),
                new Space(volume, store.space(), SpaceSettings.DEFAULT, now::get),
                cart -> {},
                new OneNode(),
                Timeline.ofMachine(now::get),
                StageSettings.DEFAULT.withBuffer(BUFFER),
                Memory.ofHeap(),
                cart -> {});
    }
}
