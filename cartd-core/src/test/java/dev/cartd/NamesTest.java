package dev.cartd;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import com.google.common.jimfs.PathNormalization;
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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Volumes whose file systems take several names for one, or have no links: made up in memory. */
class NamesTest {
    private static final StageSettings QUICK = new StageSettings(
            8,
            3,
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            64 << 10,
            true,
            Duration.ofSeconds(5),
            Duration.ofMillis(5));

    /** Like that of a Mac, with hard links or without. */
    enum Folding {
        WITH_LINKS,
        WITHOUT_HARD_LINKS,
        WITHOUT_ANY;

        Configuration configuration() {
            Feature[] features = switch (this) {
                case WITH_LINKS -> new Feature[] {Feature.LINKS, Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL};
                case WITHOUT_HARD_LINKS -> new Feature[] {Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL};
                case WITHOUT_ANY -> new Feature[] {Feature.FILE_CHANNEL};
            };
            return Configuration.unix().toBuilder()
                    .setNameCanonicalNormalization(PathNormalization.NFD, PathNormalization.CASE_FOLD_ASCII)
                    .setSupportedFeatures(features)
                    .build();
        }
    }

    private final ScriptedArchive archive = new ScriptedArchive();
    private FileSystem files = Jimfs.newFileSystem(Configuration.unix());
    private Path volume = files.getPath("/volume");
    private Cartd cartd = Cartd.builder(archive, volume).open();

    private void start(Configuration configuration) throws IOException {
        close();
        files = Jimfs.newFileSystem(configuration);
        volume = files.getPath("/volume");
        cartd = Cartd.builder(archive, volume).settings(QUICK).start();
    }

    @AfterEach
    void close() throws IOException {
        cartd.close();
        files.close();
    }

    @ParameterizedTest
    @EnumSource(Folding.class)
    void twoPathsThatAreOneNameAreNeverReady(Folding folding) throws IOException {
        start(folding.configuration());
        assertOneName("case", "d/A.txt", "d/a.txt");
        assertOneName("directory", "D/x", "d/x");
        assertOneName("form", "caf\u00e9", "cafe\u0301");
        assertOneName("below", "A", "a/b");
        assertOneName("deep", "x/B/y/C", "x/b/y/c/z/e");
    }

    private void assertOneName(String uid, String one, String other) {
        for (boolean swapped : new boolean[] {false, true}) {
            String name = uid + swapped;
            submit(name, false, swapped ? List.of(other, one) : List.of(one, other), 4, 5);
            Cart cart = awaitEnd(name);
            assertThat(cart.status()).as(name).isEqualTo(CartStatus.ERROR);
            assertThat(cart.reason()).contains(one, other, "the same name");
            cartd.restage(cart);
            await().until(() -> cartd.status(name).orElseThrow().epoch() > cart.epoch()
                    && cartd.status(name).orElseThrow().status() == CartStatus.ERROR);
            assertThat(cartd.status(name).orElseThrow().reason()).contains(one, other, "the same name");
        }
    }

    @ParameterizedTest
    @EnumSource(Folding.class)
    void aBundledCartNeedsNoNames(Folding folding) throws IOException {
        start(folding.configuration());
        submit("tar", true, List.of("d/A.txt", "d/a.txt"), 4, 5);
        assertRight("tar", List.of("d/A.txt", "d/a.txt"));
    }

    @ParameterizedTest
    @EnumSource(Folding.class)
    void directoriesThatAreOneHoldTheFilesOfBoth(Folding folding) throws IOException {
        start(folding.configuration());
        submit("merged", false, List.of("D/x", "d/y", "D/e/z"), 4, 5, 6);
        assertRight("merged", List.of("D/x", "d/y", "D/e/z"));
    }

    @ParameterizedTest
    @EnumSource(Folding.class)
    void twoPathsWithTheSameBytesAreRightInOneFile(Folding folding) throws IOException {
        start(folding.configuration());
        archive.add("same", 7);
        cartd.submit(new CartRequest(
                "same", false, List.of(archive.item("same", "d/A.txt"), archive.item("same", "d/a.txt"))));
        assertThat(awaitEnd("same").status()).isEqualTo(CartStatus.READY);
        assertThat(Tars.files(cartd, "same"))
                .hasSize(2)
                .allSatisfy((name, bytes) -> assertThat(bytes).isEqualTo(archive.bytes("same")));
    }

    @ParameterizedTest
    @EnumSource(Folding.class)
    void whatLiesInThePlaceOfAFileAndIsNoOthersGivesWay(Folding folding) throws IOException {
        start(folding.configuration());
        submit("again", false, List.of("d/A.txt", "d/b.txt"), 4, 5);
        Cart cart = awaitEnd("again");
        Files.write(volume.resolve(cart.id() + "/again/d/A.txt"), new byte[4]);
        cartd.restage(cart);
        await().until(() -> cartd.status("again").orElseThrow().epoch() > cart.epoch());
        assertRight("again", List.of("d/A.txt", "d/b.txt"));
    }

    @Test
    void twoUidsThatAreOneNameDoNotShareALink() throws IOException {
        start(Folding.WITH_LINKS.configuration());
        submit("Abc", false, List.of("x"), 4);
        assertRight("Abc", List.of("x"));
        submit("abc", false, List.of("x"), 5);
        assertRight("abc", List.of("x"));
        assertThat(cartd.status("abc").orElseThrow().reason())
                .contains("No symlink", "../1/Abc", "one name on this volume");
        cartd.delete("abc");
        await().until(() -> Files.notExists(volume.resolve("2")));
        assertThat(volume.resolve("cartuids/abc/x")).hasBinaryContent(archive.bytes("Abc/x"));
        cartd.delete("Abc");
        await().until(() -> Files.notExists(volume.resolve("cartuids/abc"), LinkOption.NOFOLLOW_LINKS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVolumeWithoutLinksServesAsWell(boolean bundle) throws IOException {
        start(Folding.WITHOUT_ANY.configuration());
        submit("one", bundle, List.of("a/b", "c"), 70_000, 5);
        assertRight("one", List.of("a/b", "c"));
        cartd.submit(new CartRequest("two", bundle, List.of(archive.item("one/a/b", "other"))));
        assertThat(awaitEnd("two").status()).isEqualTo(CartStatus.READY);
        assertThat(Tars.files(cartd, "two").values()).singleElement().isEqualTo(archive.bytes("one/a/b"));
        assertThat(cartd.delete("one")).isTrue();
        await().until(() -> Files.notExists(volume.resolve("1")));
    }

    private void submit(String uid, boolean bundle, List<String> paths, int... sizes) {
        cartd.submit(new CartRequest(
                uid,
                bundle,
                IntStream.range(0, paths.size())
                        .mapToObj(i -> archive.add(uid + "/" + paths.get(i), sizes[i])
                                .item(uid + "/" + paths.get(i), paths.get(i)))
                        .toList()));
    }

    private Cart awaitEnd(String uid) {
        await().until(() -> !cartd.status(uid).orElseThrow().status().inWork());
        return cartd.status(uid).orElseThrow();
    }

    private void assertRight(String uid, List<String> paths) throws IOException {
        assertThat(awaitEnd(uid)).extracting(Cart::status, Cart::uid).containsExactly(CartStatus.READY, uid);
        Map<String, byte[]> found = Tars.files(cartd, uid);
        assertThat(found).hasSize(paths.size());
        for (String path : paths) {
            assertThat(found.get(path)).isEqualTo(archive.bytes(uid + "/" + path));
        }
    }
}
