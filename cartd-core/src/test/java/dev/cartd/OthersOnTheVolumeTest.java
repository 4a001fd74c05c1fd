package dev.cartd;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A volume of 640 kB on which other programs have files too: they fill it, or have names that carts need. */
class OthersOnTheVolumeTest {
    private static final StageSettings QUICK = new StageSettings(
            8,
            5,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            16 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private final AtomicReference<Runnable> onPull = new AtomicReference<>(() -> {});
    private final AtomicReference<Runnable> onEnd = new AtomicReference<>(() -> {});
    private FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private Path volume = files.getPath("/volume");
    private Optional<Cartd> started = Optional.empty();

    @BeforeEach
    void start() {
        files = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setBlockSize(4096)
                .setMaxSize(640_000)
                .setMaxCacheSize(0)
                .build());
        volume = files.getPath("/volume");
        HookedArchive hooked = new HookedArchive(archive, id -> run(onPull), id -> run(onEnd));
        started = Optional.of(
                Cartd.builder(hooked, volume).clock(now::get).settings(QUICK).start());
    }

    @AfterEach
    void close() throws IOException {
        cartd().close();
        files.close();
    }

    private Cartd cartd() {
        return started.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCartWaitsForRoomThatOtherProgramsHave(boolean bundle) throws IOException {
        fill(500_000);
        cartd().submit(archive.request("cart", bundle, 150_000, 150_000));
        await().until(() -> !status("cart").reason().isEmpty());
        assertThat(status("cart").reason()).startsWith("Waits for room: it needs ");
        assertThat(status("cart").status()).isEqualTo(CartStatus.STAGING);

        Files.delete(volume.resolve("big"));
        assertRight("cart");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVolumeThatIsFilledMeanwhileIsWaitedFor(boolean bundle) throws IOException {
        onPull.set(() -> fill(640_000));
        cartd().submit(archive.request("cart", bundle, 150_000, 150_000));
        await().until(() ->
                !status("cart").reason().isEmpty() || !status("cart").status().inWork());
        assertThat(status("cart").reason()).startsWith("Waits for room: it needs ");
        assertThat(cartd().space().waiting()).hasSize(1);

        Files.delete(volume.resolve("big"));
        assertRight("cart");
    }

    @Test
    void aVolumeThatIsFilledBeforeTheTarsHeadersIsWaitedFor() throws IOException {
        onEnd.set(() -> fill(640_000));
        cartd().submit(archive.request("cart", true, 150_000));
        await().untilAsserted(() -> assertThat(status("cart").message(Objects.requireNonNull(now.get())))
                .startsWith("The volume has had no room for it since "));
        assertThat(cartd().space().waiting()).hasSize(1);
        assertThat(status("cart").progress().staged()).isEqualTo(1);

        Files.delete(volume.resolve("big"));
        assertRight("cart");
        assertThat(archive.count("pull", "cart/0")).isEqualTo(1);
    }

    @Test
    void itIsWaitedForAsLongAsForOtherRoom() {
        onPull.set(() -> fill(640_000));
        CartRequest request = archive.request("cart", false, 150_000, 150_000);
        cartd().submit(request);
        await().until(() -> !cartd().space().waiting().isEmpty());
        WorkingTime.pass(cartd(), request, now, Duration.ofMinutes(57));
        assertThat(cartd().space().waiting()).hasSize(1);
        assertThat(status("cart").status()).isEqualTo(CartStatus.STAGING);
        WorkingTime.pass(cartd(), request, now, Duration.ofMinutes(5));
        await().until(() -> status("cart").status() == CartStatus.ERROR);
        assertThat(status("cart").reason())
                .startsWith("No Space Available: cart needs ")
                .contains(" of it taken by other programs, and none became free in 1 hour");
    }

    @Test
    void cartsAreEvictedForWhatOthersTook() throws IOException {
        cartd().submit(archive.request("old", false, 250_000));
        await().until(() -> status("old").status() == CartStatus.READY);
        later(Duration.ofSeconds(1));
        onPull.set(() -> fill(640_000));
        cartd().submit(archive.request("cart", false, 200_000));
        assertRight("cart");
        assertThat(cartd().status("old")).isEmpty();
        assertThat(volume.resolve("big")).exists();
    }

    @ParameterizedTest
    @CsvSource({"file, false", "file, true", "directory, false", "directory, true", "link, false", "link, true"})
    void theNextNumberIsTakenWhereSomethingHasTheFirst(String kind, boolean bundle) throws IOException {
        Path foreign = volume.resolve("1");
        Files.createDirectories(files.getPath("/elsewhere"));
        switch (kind) {
            case "file" -> Files.writeString(foreign, "mine");
            case "directory" -> Files.writeString(Files.createDirectory(foreign).resolve("cart"), "mine");
            default -> Files.createSymbolicLink(foreign, files.getPath("/elsewhere"));
        }
        Files.createDirectory(volume.resolve("4"));
        cartd().submit(archive.request("cart", bundle, 1000, 2000));
        assertRight("cart");
        assertThat(status("cart").id()).isEqualTo(5);
        assertThat(cartd().list()).hasSize(1);
        assertThat(cartd().delete("cart")).isTrue();
        await().until(() -> Files.notExists(volume.resolve("5")));

        assertThat(Files.exists(foreign, LinkOption.NOFOLLOW_LINKS)).isTrue();
        switch (kind) {
            case "file" -> assertThat(foreign).hasContent("mine");
            case "directory" -> assertThat(foreign.resolve("cart")).hasContent("mine");
            default -> assertThat(files.getPath("/elsewhere")).isEmptyDirectory();
        }
    }

    @Test
    void nobodySeesAnErrorWhileTheNextNumberIsTaken() throws IOException {
        long foreign = 1;
        for (int round = 0; round < 100; round++) {
            Files.writeString(volume.resolve(Long.toString(foreign)), "mine");
            String uid = "cart-" + round;
            cartd().submit(archive.request(uid, false, 10));
            Set<CartStatus> seen = EnumSet.of(CartStatus.WAITING);
            while (!seen.contains(CartStatus.READY) && !seen.contains(CartStatus.ERROR)) {
                seen.add(status(uid).status());
            }
            assertThat(seen).doesNotContain(CartStatus.ERROR);
            foreign = status(uid).id() + 1;
        }
    }

    @Test
    void aCartThatGoesBeforeItsFirstStepTakesNothingWithIt() throws IOException {
        Path foreign = Files.createDirectory(volume.resolve("1"));
        Files.writeString(foreign.resolve("file"), "mine");
        archive.away(true);
        cartd().submit(archive.request("cart", false, 1000));
        cartd().delete("cart");
        await().until(() -> cartd().deleted(10).isEmpty());
        assertThat(foreign.resolve("file")).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({"file, false", "directory, true", "link, false"})
    void aForeignNameAmongTheSymlinksIsSaidAndStays(String kind, boolean bundle) throws IOException {
        Path foreign = volume.resolve("cartuids/cart");
        switch (kind) {
            case "file" -> Files.writeString(foreign, "mine");
            case "directory" -> Files.writeString(Files.createDirectory(foreign).resolve("x"), "mine");
            default -> Files.createSymbolicLink(foreign, files.getPath("/elsewhere"));
        }
        cartd().submit(archive.request("cart", bundle, 1000));
        assertRight("cart");
        assertThat(status("cart").reason()).startsWith("No symlink: /volume/cartuids/cart ");
        cartd().delete("cart");
        await().until(() -> Files.notExists(volume.resolve("1")));
        assertThat(Files.exists(foreign, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    private static void run(AtomicReference<Runnable> once) {
        once.getAndSet(() -> {}).run();
    }

    private void fill(int most) {
        try (var out = Files.newOutputStream(volume.resolve("big"))) {
            for (int done = 0; done < most; done += 4096) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("disk"); // It is full.
        }
    }

    private void later(Duration by) {
        now.updateAndGet(before -> before.plus(by));
    }

    private Cart status(String uid) {
        return cartd().status(uid).orElseThrow();
    }

    private void assertRight(String uid) throws IOException {
        await().until(() -> !status(uid).status().inWork());
        assertThat(status(uid).status()).as(status(uid).reason()).isEqualTo(CartStatus.READY);
        assertThat(Tars.files(cartd(), uid))
                .isNotEmpty()
                .allSatisfy((path, bytes) ->
                        assertThat(bytes).isEqualTo(archive.bytes(uid + "/" + path.substring(path.indexOf("/f") + 2))));
    }
}
