package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Memory;
import dev.cartd.cart.Wait;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.local.OneNode;
import dev.cartd.space.Space;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.stage.CartWorker;
import dev.cartd.system.Timeline;
import dev.cartd.volume.MarkedVolume;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import dev.cartd.volume.VolumeWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** What a process leaves behind, and what the next one makes of it. */
class CrashTest {
    private static final int LARGE = 20 << 20;

    @TempDir
    Path directory;

    private final ScriptedArchive archive = new ScriptedArchive();
    private final MemoryStore store = new MemoryStore(InstantSource.system());

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLargeFileGoesOnWhereItWas(boolean bundle) throws IOException {
        archive.stall(true);
        CartRequest request = archive.request("large", bundle, LARGE);
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(archive::isStalled);
        }
        archive.stall(false);
        try (Cartd cartd = start()) {
            awaitReady(cartd, "large");
            // The first half was there, and was hashed instead of pulled.
            assertThat(archive.pulledFrom("large/0")).isGreaterThanOrEqualTo(LARGE / 2 - (4 << 20));
            Path file = directory.resolve(bundle ? "1/large.tar" : "1/large/d0/f0");
            assertThat(Files.size(file)).isEqualTo(bundle ? LARGE + 5 * 512 : LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsThereOfALargeFileCountsAndIsNotGivenBack(boolean bundle) throws IOException {
        archive.stall(true);
        CartRequest request = archive.request("large", bundle, LARGE);
        long before;
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(() -> stagedBytes(cartd) > LARGE / 2);
            before = stagedBytes(cartd);
            assertThat(before).isLessThan(LARGE);
        }
        archive.away(true);
        try (Cartd cartd = start()) {
            await().until(() -> cartd.status("large")
                    .orElseThrow()
                    .standstill()
                    .waitsFor()
                    .filter(wait -> wait.kind() == Wait.Kind.ARCHIVE)
                    .isPresent());
            assertThat(stagedBytes(cartd)).isEqualTo(before);
            assertThat(onDisk()).isGreaterThanOrEqualTo(before);
        }
        damageParts();
        archive.away(false);
        archive.stall(false);
        archive.slow(Duration.ofMillis(200));
        try (Cartd cartd = start()) {
            await().until(() -> archive.pulledFrom("large/0") == before);
            await().until(() -> archive.pulledFrom("large/0") == 0);
            assertThat(stagedBytes(cartd)).isGreaterThanOrEqualTo(before);
            assertThat(onDisk()).isGreaterThanOrEqualTo(before);
            awaitReady(cartd, "large");
            assertThat(stagedBytes(cartd)).isEqualTo(LARGE);
        }
    }

    private static long stagedBytes(Cartd cartd) {
        return cartd.status("large").orElseThrow().progress().stagedBytes();
    }

    /** The bytes that are allotted to what is unfinished. */
    private long onDisk() throws IOException {
        long sum = 0;
        for (Path part : parts()) {
            sum += Files.size(part);
        }
        return sum;
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("1/.part"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private void damageParts() throws IOException {
        for (Path part : parts()) {
            if (Files.size(part) > LARGE / 4) {
                try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(new byte[10_000]), 0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWholeAndWasNotRecordedIsHashedInsteadOfPulled(boolean bundle) throws IOException {
        leaveUnrecorded(bundle, 1);
        try (Cartd cartd = start()) {
            awaitReady(cartd, "cart");
        }
        for (String id : List.of("cart/0", "cart/1", "cart/2")) {
            assertThat(archive.count("pull", id)).as(id).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsThereAndWrongAndWasNotRecordedIsPulled(boolean bundle) throws IOException {
        leaveUnrecorded(bundle, 0);
        damage(bundle);
        try (Cartd cartd = start()) {
            awaitReady(cartd, "cart");
        }
        assertThat(archive.count("pull", "cart/0")).isEqualTo(2);
        assertThat(archive.count("pull", "cart/1")).isEqualTo(1);
        byte[] all = Files.readAllBytes(directory.resolve(bundle ? "1/cart.tar" : "1/cart/d0/f0"));
        assertThat(indexOf(all, archive.bytes("cart/0"))).isGreaterThanOrEqualTo(0);
    }

    /** A cart of three files, two of which are whole, and one of these is not recorded: its process died before. */
    private void leaveUnrecorded(boolean bundle, int index) {
        CartRequest request = archive.request("cart", bundle, 1000, 2000, 3000);
        archive.put("cart/2", Archive.Medium.TAPE);
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(() -> cartd.status("cart").orElseThrow().progress().staged() == 2);
        }
        archive.put("cart/2", Archive.Medium.DISK);
        CartFile file = store.files(1).get(index);
        CartFile unrecorded = new CartFile(
                file.id(),
                file.archiveId(),
                file.path(),
                file.checksum(),
                FileStatus.STAGING,
                "",
                file.size(),
                file.mtime(),
                true,
                file.asked(),
                false,
                0);
        Cart claim = store.claim(1).orElseThrow();
        assertThat(store.record(claim.with(Durability.of("another boot")), List.of(unrecorded)))
                .isTrue();
    }

    @Test
    void whatWasLeftWrongIsPulledAgainAndNoTryIsLost() throws IOException {
        archive.stall(true);
        CartRequest request = archive.request("large", false, LARGE);
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(archive::isStalled);
        }
        Files.write(parts().get(0), new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
        archive.stall(false);
        try (Cartd cartd = start()) {
            awaitReady(cartd, "large");
            assertThat(store.files(1).get(0).tries()).isZero();
            assertThat(archive.pulledFrom("large/0")).isZero();
            assertThat(Files.readAllBytes(directory.resolve("1/large/d0/f0"))).isEqualTo(archive.bytes("large/0"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasRecordedBeforeTheMachineRestartedIsHashedAgain(boolean bundle) throws IOException {
        CartRequest request = archive.request("cart", bundle, 1000, 2000, 3000);
        archive.put("cart/2", Archive.Medium.TAPE);
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(() -> cartd.status("cart").orElseThrow().progress().staged() == 2);
        }
        Cart claim = store.claim(1).orElseThrow();
        store.record(claim.with(Durability.of("another boot")), List.of());
        damage(bundle);
        archive.put("cart/2", Archive.Medium.DISK);
        try (Cartd cartd = start()) {
            awaitReady(cartd, "cart");
        }
        // The one that did not reach the medium was pulled again, the other was not.
        assertThat(archive.count("pull", "cart/0")).isEqualTo(2);
        assertThat(archive.count("pull", "cart/1")).isEqualTo(1);
    }

    private void damage(boolean bundle) throws IOException {
        if (!bundle) {
            Files.write(directory.resolve("1/cart/d0/f0"), new byte[1000]);
            return;
        }
        Path tar = parts().get(0);
        byte[] bytes = Files.readAllBytes(tar);
        int at = indexOf(bytes, archive.bytes("cart/0"));
        bytes[at + 10] ^= 1;
        Files.write(tar, bytes);
    }

    @Test
    void aTarThatAPausedWriterHoldsIsLeftToHim() throws IOException {
        CartRequest request = archive.request("cart", true, 1000, 2000, 3000);
        archive.put("cart/2", Archive.Medium.TAPE);
        try (Cartd cartd = start()) {
            cartd.submit(request);
            await().until(() -> cartd.status("cart").orElseThrow().progress().staged() == 2);
        }
        Cart before = store.claim(1).orElseThrow();
        try (Parts parts = MarkedVolume.at(directory, store).parts(before);
                Part paused = parts.open(Parts.TAR)) {
            archive.put("cart/2", Archive.Medium.DISK);
            try (Cartd cartd = start()) {
                awaitReady(cartd, "cart");
                paused.channel().write(ByteBuffer.wrap(new byte[6000]), 0);
            }
        }
        byte[] tar = Files.readAllBytes(directory.resolve("1/cart.tar"));
        for (String id : List.of("cart/0", "cart/1", "cart/2")) {
            assertThat(indexOf(tar, archive.bytes(id))).isPositive();
            assertThat(archive.count("pull", id)).isEqualTo(1);
        }
    }

    @Test
    void aVolumeThatCannotBeUsedIsWaitedForAndToldInTheEnd() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        try (Cartd cartd = Quick.builder(archive, directory).clock(now::get).start()) {
            CartRequest request = archive.request("cart", false, 10, 20);
            archive.put("cart/1", Archive.Medium.TAPE);
            cartd.submit(request);
            await().until(() -> cartd.status("cart").orElseThrow().progress().staged() == 1);
            Path inTheWay = directory.resolve("1/.part");
            await().until(() -> replacedByAFile(inTheWay));
            archive.put("cart/1", Archive.Medium.DISK);
            await().until(() -> cartd.status("cart")
                    .orElseThrow()
                    .standstill()
                    .waitsFor()
                    .filter(wait -> wait.kind() == Wait.Kind.VOLUME)
                    .isPresent());
            WorkingTime.pass(cartd, request, now, Duration.ofMinutes(32));
            await().until(() -> cartd.status("cart").orElseThrow().status() == CartStatus.ERROR);
            assertThat(cartd.status("cart").orElseThrow().reason())
                    .startsWith("The volume could not be used for 30 minutes (");
            Files.delete(inTheWay);
            cartd.submit(request);
            awaitReady(cartd, "cart");
        }
    }

    /** Not at the first try where a step just makes it. */
    private boolean replacedByAFile(Path made) throws IOException {
        try {
            Files.move(made, directory.resolve("away" + System.nanoTime()));
        } catch (NoSuchFileException e) {
            // It is not there between two steps.
        }
        try {
            Files.createFile(made);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Test
    void aCartWhoseFileFailedBeforeTheCrashFailsAfterIt() {
        store.add(archive.request("cart", false, 10, 20), 0);
        Cart claim = store.claim(1).orElseThrow();
        CartFile file = store.files(1).get(0);
        store.record(claim, List.of(file.failed("the archive does not have it")));
        try (Cartd cartd = start()) {
            await().until(() -> cartd.status("cart").orElseThrow().status() == CartStatus.ERROR);
            assertThat(cartd.status("cart").orElseThrow().reason())
                    .isEqualTo("Failed to stage file d0/f0: the archive does not have it");
        }
        assertThat(store.files(1).get(0).status()).isEqualTo(FileStatus.ERROR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsCompleteAndWasNotRecordedAsReadyIsHashedInsteadOfPulled(boolean bundle) throws IOException {
        store.add(archive.request("cart", bundle, 1000, 2000), 0);
        CartWorker dies = worker(watched(method -> {
            if (method.equals("finish")) {
                throw new CartException.Unavailable("the process died", new IOException());
            }
        }));
        assertThatThrownBy(() -> dies.advance(1)).isInstanceOf(CartException.Unavailable.class);
        assertThat(directory.resolve("1/.part")).doesNotExist();
        Path complete = directory.resolve(bundle ? "1/cart.tar" : "1/cart/d0/f0");
        byte[] before = Files.readAllBytes(complete);

        worker(store).advance(1);

        assertThat(store.live("cart")).extracting(Cart::id, Cart::status).containsExactly(tuple(1L, CartStatus.READY));
        assertThat(complete).hasBinaryContent(before);
        for (String id : List.of("cart/0", "cart/1")) {
            assertThat(archive.count("pull", id)).as(id).isEqualTo(1);
        }
    }

    @Test
    void aCartOfLinksThatWasNotRecordedAsReadyGoesOn() {
        CartWorker worker = worker(store);
        CartRequest request = archive.request("cart", false, 1000, 2000);
        for (String uid : List.of("one", "two")) {
            store.add(new CartRequest(uid, false, request.items()), 0);
        }
        worker.advance(1);
        CartWorker dies = worker(watched(method -> {
            if (method.equals("finish")) {
                throw new CartException.Unavailable("the process died", new IOException());
            }
        }));
        assertThatThrownBy(() -> dies.advance(2)).isInstanceOf(CartException.Unavailable.class);
        assertThat(directory.resolve("2/.part")).doesNotExist();

        worker.advance(2);

        assertThat(store.live("two")).extracting(Cart::id, Cart::status).containsExactly(tuple(2L, CartStatus.READY));
        assertThat(archive.count("pull", "cart/0")).isEqualTo(1);
    }

    @Test
    void aLinkThatIsMadeTooLateIsTakenBack() {
        store.add(archive.request("cart", false, 10, 20), 0);
        CartWorker other = worker(store);
        List<Boolean> linked = new ArrayList<>();
        CartWorker paused = worker(watched(method -> {
            if (method.equals("live") && !store.live("cart").isEmpty()) {
                // Just before its link it is paused, and the cart is deleted and removed.
                store.delete("cart");
                other.advance(1);
            } else if (method.equals("files") || method.equals("finish")) {
                linked.add(isLinked());
            }
        }));
        while (!store.live("cart").isEmpty()) {
            paused.advance(1);
        }
        assertThat(linked).containsExactly(false, true);
        assertThat(isLinked()).isFalse();
        assertThat(directory.resolve("1")).doesNotExist();
    }

    @Test
    void aCartThatIsRemovedLosesItsLinkFirst() {
        store.add(archive.request("cart", false, 10, 20), 0);
        CartWorker worker = worker(store);
        while (store.live("cart").get(0).status() != CartStatus.READY) {
            worker.advance(1);
        }
        store.delete("cart");
        List<Boolean> there = new ArrayList<>();
        CartWorker remover = worker(watched(method -> {
            if (method.equals("live") && isLinked()) {
                there.add(Files.exists(directory.resolve("1/cart/d0/f0")));
            }
        }));
        remover.advance(1);
        assertThat(there).containsExactly(true);
        assertThat(isLinked()).isFalse();
        assertThat(directory.resolve("1")).doesNotExist();
    }

    private boolean isLinked() {
        return Files.exists(directory.resolve("cartuids/cart"), LinkOption.NOFOLLOW_LINKS);
    }

    private CartWorker worker(CartStore of) {
        Volume volume = MarkedVolume.at(directory, store);
        Timeline clock = Timeline.ofMachine(InstantSource.system());
        VolumeWatch watch = new VolumeWatch(volume.mark(), false, Quick.PAUSE, clock);
        Space space = new Space(volume, of.space(), SpaceSettings.DEFAULT, clock);
        return new CartWorker(
                archive,
                List.of(),
                of,
                volume,
                watch,
                space,
                cart -> {},
                new OneNode(),
                clock,
                StageSettings.DEFAULT,
                Memory.ofHeap(),
                cart -> {});
    }

    /** The store, and something that happens before each of its methods is run. */
    private CartStore watched(Consumer<String> before) {
        return Around.port(CartStore.class, store, (method, arguments, port) -> {
            before.accept(method);
            return port.call();
        });
    }

    private Cartd start() {
        LocalScheduler scheduler = new LocalScheduler(2);
        Cartd cartd = Quick.builder(archive, directory)
                .store(store)
                .scheduler(scheduler)
                .start();
        // A scheduler that lasts would know what to go on with; this one is told.
        scheduler.wake(1);
        return cartd;
    }

    private static void awaitReady(Cartd cartd, String uid) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Cart cart = cartd.status(uid).orElseThrow();
            assertThat(cart.status()).as(cart.reason()).isEqualTo(CartStatus.READY);
        });
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }
}
