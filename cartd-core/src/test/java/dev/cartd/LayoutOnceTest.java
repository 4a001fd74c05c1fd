package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartStatus;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The tar of a cart is laid out once for a claim, and once more if its files changed in the archive meanwhile. */
class LayoutOnceTest {
    private static final int FILES = 5;
    private static final int SIZE = 1000;

    @TempDir
    private Path directory;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());
    private final Provider provider = new Counting();
    private final Thread step = Thread.currentThread();
    private int layouts;

    /**
     * Counts the SHA-256 digests that the step's thread makes. Each layout takes one for its validator; the hashes of
     * these files are of another type.
     */
    private final class Counting extends Provider {
        private static final long serialVersionUID = 1;
        private final Provider real = Objects.requireNonNull(Security.getProviders("MessageDigest.SHA-256")[0]);

        Counting() {
            super("Counting layouts", "1", "");
            putService(new Service(this, "MessageDigest", "SHA-256", "Counted", null, null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    if (Thread.currentThread() == step) {
                        layouts++;
                    }
                    return MessageDigest.getInstance("SHA-256", real);
                }
            });
        }
    }

    @BeforeEach
    void add() {
        Security.insertProviderAt(provider, 1);
        store.add(archive.request("cart", true, SIZE, SIZE, SIZE, SIZE, SIZE), 0);
    }

    @AfterEach
    void remove() {
        Security.removeProvider(provider.getName());
    }

    @Test
    void aNewCart() throws IOException {
        assertThat(layoutsUntil(CartStatus.READY)).isOne();
    }

    @Test
    void aCartThatIsHashedAgain() throws IOException {
        leaveTar(FILES - 1);
        // The bytes are wrong, so that the archive is asked for them again.
        assertThat(layoutsUntil(CartStatus.STAGING)).isOne();
    }

    @Test
    void aCartThatChangesInTheArchive() throws IOException {
        leaveTar(FILES - 1);
        archive.add("cart/4", 2 * SIZE);
        // One for the sizes that are recorded, one for the new ones.
        assertThat(layoutsUntil(CartStatus.STAGING)).isEqualTo(2);
    }

    /** Advances the cart by one step. */
    private int layoutsUntil(CartStatus then) throws IOException {
        Volume volume = MarkedVolume.at(directory, store);
        layouts = 0;
        try (CartWorker worker = worker(volume)) {
            worker.advance(1);
        }
        assertThat(store.live("cart").get(0).status()).isEqualTo(then);
        return layouts;
    }

    /** An earlier boot of the machine left a tar without bytes, of which it recorded the first files. */
    private void leaveTar(int recorded) throws IOException {
        Volume volume = MarkedVolume.at(directory, store);
        Cart claim = store.claim(1).orElseThrow();
        List<CartFile> files = store.files(1);
        try (Parts parts = volume.parts(claim);
                Part tar = parts.open(Parts.TAR)) {
            tar.channel().write(ByteBuffer.allocate(1), FILES * (SIZE + 1024L) + 4096);
        }
        List<CartFile> staged = files.stream()
                .map(file -> file.asked(0).seen(SIZE, ScriptedArchive.MTIME, true))
                .map(file -> file.id() <= recorded ? file.staged() : file)
                .toList();
        assertThat(store.record(claim.with(new Durability.SinceBoot("another boot")), staged))
                .isTrue();
    }

    private CartWorker worker(Volume volume) {
        Timeline clock = Timeline.ofMachine(InstantSource.system());
        return new CartWorker(
                archive,
                List.of(),
                store,
                volume,
                new VolumeWatch(volume.mark(), false, Quick.PAUSE, clock),
                new Space(volume, store.space(), SpaceSettings.DEFAULT, clock),
                cart -> {},
                new OneNode(),
                clock,
                StageSettings.DEFAULT,
                Memory.ofHeap(),
                cart -> {});
    }
}
