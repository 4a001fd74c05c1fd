package dev.cartd.store;

import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.Quick;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleFormat;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Standstill;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpacePolicy;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.CartStore;
import dev.cartd.spi.Scheduler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What becomes of the carts that Pacifica Cartd left in its database and on its volume. */
class OriginalCartsTest {
    private static final String FOO = "ac59bb32dac432674dd6e620a6b35ff3";
    private static final String BAR = "ef39aa7f8df8bdc8b8d4d81f4e0ef566";
    private static final String BAZ = "b0c21625a5ef364864191e5907d7afb4";

    private static final EngineConfig ENGINE = new EngineConfig(8, Duration.ofSeconds(1));

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-12-01T12:00:00Z"));
    private final SmallArchive archive = new SmallArchive();
    private final List<Cartd> cartds = new ArrayList<>();
    private final Path home;
    private final Path volume;
    private final RawDatabase raw;
    private Database database;
    private CartStore store;
    private Scheduler scheduler;

    OriginalCartsTest(@TempDir Path directory) throws IOException {
        home = directory.toRealPath();
        volume = home.resolve("volume");
        raw = new RawDatabase("sqlite:///" + home.resolve("db.sqlite3"));
    }

    @BeforeEach
    void takeOver() throws IOException {
        OriginalSample.copy("2.0", home.resolve("db.sqlite3"));
        OriginalSample.putOn(volume, "2.0", raw);
        OriginalSample.contents().forEach(archive::put);
        Files.writeString(home.resolve("outside.txt"), "nobody's business");
        database = Database.open(SqliteFixture.config(home.resolve("db.sqlite3")), now::get);
        database.sync();
        store = database.store();
        scheduler = database.scheduler(ENGINE);
    }

    @AfterEach
    void close() {
        cartds.forEach(Cartd::close);
        database.close();
        assertThat(home.resolve("outside.txt")).hasContent("nobody's business");
    }

    private CartdBuilder builder() {
        return Quick.builder(archive, volume).store(store).scheduler(scheduler).clock(now::get);
    }

    /** One whose pulls are all the archive's. */
    private CartdBuilder alone() {
        return builder().shareFiles(false);
    }

    private Cartd start() {
        return start(builder());
    }

    private Cartd start(CartdBuilder from) {
        Cartd cartd = from.start();
        cartds.add(cartd);
        return cartd;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready-stream", "null-bundle"})
    void aStreamedCartIsLikeAnyOther(String uid) throws IOException {
        Cartd quick = builder().open(); // Whoever asks before the check has come to it.
        cartds.add(quick);
        byte[] first = download(quick, uid);
        assertThat(files(first))
                .containsOnlyKeys("x/1/2/3/foo.txt", "x/1/2/3/bar.csv", "x/2/3/4/baz.ini")
                .containsEntry("x/1/2/3/foo.txt", text("foo.txt"))
                .containsEntry("x/2/3/4/baz.ini", text("baz.ini"));
        String etag = quick.open(uid, "x.tar").etag();
        Path file = volume.resolve("cartuids").resolve(uid).resolve("1/2/3/foo.txt");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        quick.work();
        await().until(() -> store.space().unmeasured().isEmpty());

        assertThat(download(quick, uid)).isEqualTo(first);
        assertThat(quick.open(uid, "x.tar").etag()).isEqualTo(etag);
        assertThat(bytes(quick.open(uid, "x.tar"), 700, 2000)).isEqualTo(Arrays.copyOfRange(first, 700, 2000));
        Cart cart = quick.status(uid).orElseThrow();
        assertThat(cart.progress()).isEqualTo(new Cart.Progress(3, 3, 105, 105));
        assertThat(cart.held()).isPositive();
        assertThat(quick.open(uid, "").modified()).isEqualTo(cart.created().truncatedTo(ChronoUnit.SECONDS));
        assertThat(store.files(cart.id())).extracting(CartFile::mtime).contains(1_500_000_000L);
        assertThat(archive.pulled()).doesNotContain("bar.csv");
    }

    @Test
    void aStreamedCartIsAZipOnceItsFilesWereRead() throws IOException {
        Cartd cartd = start();
        assertThatThrownBy(() -> cartd.open("ready-stream", "x", BundleFormat.ZIP))
                .isInstanceOf(CartException.NotReady.class)
                .hasMessageEndingWith(" of 3 files so far.");
        await().ignoreExceptionsInstanceOf(CartException.NotReady.class)
                .until(() -> cartd.open("ready-stream", "x", BundleFormat.ZIP).length() > 105);

        Bundle zip = cartd.open("ready-stream", "x", BundleFormat.ZIP);
        Map<String, byte[]> found = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes(zip, 0, zip.length())))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                found.put(entry.getName(), in.readAllBytes());
            }
        }
        assertThat(found)
                .containsEntry("x/1/2/3/foo.txt", text("foo.txt"))
                .containsEntry("x/2/3/4/baz.ini", text("baz.ini"))
                .hasSize(7 + 3);
        assertThat(archive.pulled()).doesNotContain("foo.txt");
    }

    @Test
    void aTarIsNoZipBeforeItIsRepaired() throws IOException {
        Cartd cartd = start();
        assertThatThrownBy(() -> cartd.open("ready-bundle", "", BundleFormat.ZIP))
                .isInstanceOf(CartException.NoSuchForm.class)
                .hasMessageContaining("Pacifica Cartd made");

        repaired(cartd, "ready-bundle");

        assertThat(cartd.open("ready-bundle", "", BundleFormat.ZIP).length()).isGreaterThan(105);
    }

    @Test
    void allAreMeasuredAtTheStartAndThatIsNoUse() {
        Map<Long, Instant> used = new TreeMap<>();
        store.live().forEach(cart -> used.put(cart.id(), cart.updated()));
        Cartd cartd = start();
        await().until(() -> store.space().unmeasured().isEmpty());

        assertThat(cartd.list().filter(cart -> cart.status() == CartStatus.READY))
                .hasSize(6)
                .allSatisfy(cart -> {
                    assertThat(cart.updated()).isEqualTo(used.get(cart.id()));
                    assertThat(cart.progress().bytes().orElse(0)).isPositive();
                    assertThat(cart.held()).isPositive();
                });
        assertThat(store.live("err-hash").get(0).held()).isPositive();
    }

    @Test
    void aTarIsServedAsItIs() throws IOException {
        Cartd cartd = start();
        Path tar = volume.resolve("2/ready-bundle.tar");
        byte[] whole = Files.readAllBytes(tar);
        String etag = cartd.open("ready-bundle", "").etag();

        assertThat(download(cartd, "ready-bundle")).isEqualTo(whole);
        assertThat(bytes(cartd.open("ready-bundle", ""), 5000, whole.length))
                .isEqualTo(Arrays.copyOfRange(whole, 5000, whole.length));
        assertThat(cartd.open("ready-bundle", "other.tar").etag()).isEqualTo(etag);
        assertThat(cartd.open("re-created", "").etag()).isNotEqualTo(etag);
        Files.setLastModifiedTime(tar, FileTime.from(Instant.EPOCH));
        assertThat(cartd.open("ready-bundle", "").etag()).isNotEqualTo(etag);
        assertThat(download(cartd, "ready-bundle")).isEqualTo(whole);
    }

    @Test
    void aTarThatWasCutOrIsGoneIsDamagedAndCanBeRepaired() throws IOException {
        Cartd cartd = start();
        await().until(() -> store.space().unmeasured().isEmpty());
        Files.write(volume.resolve("2/ready-bundle.tar"), new byte[10_240]);
        Files.delete(volume.resolve("9/re-created.tar"));

        for (String uid : List.of("ready-bundle", "re-created")) {
            assertFailed(cartd, uid, "The cart is damaged: its tar is gone from the volume, or has not its size");
            repaired(cartd, uid);
            assertThat(files(download(cartd, uid)))
                    .containsOnlyKeys(uid + "/1/2/3/foo.txt", uid + "/1/2/3/bar.csv", uid + "/2/3/4/baz.ini");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 512, 1024, 1536, 5120})
    void aTarThatWasCutBeforeItWasTakenOverIsDamagedAtTheFirstLook(int length) throws IOException {
        Path tar = volume.resolve("2/ready-bundle.tar");
        Files.write(tar, Arrays.copyOf(Files.readAllBytes(tar), length));
        assertDamagedAndRepaired("ready-bundle");
    }

    @Test
    void aTarWithADamagedHeaderIsNoTarOfItsCart() throws IOException {
        Path tar = volume.resolve("2/ready-bundle.tar");
        byte[] bytes = Files.readAllBytes(tar);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("ready-bundle/1/2/3/bar.csv");
        bytes[at + 20] = 'u';
        Files.write(tar, bytes);
        assertDamagedAndRepaired("ready-bundle");
    }

    @Test
    void anEmptyFileOfAStreamedCartIsDamageUnlessItsHashSaysSo() throws IOException {
        Files.write(volume.resolve("1/ready-stream/1/2/3/bar.csv"), new byte[0]);
        assertDamagedAndRepaired("ready-stream");
    }

    private void assertDamagedAndRepaired(String uid) throws IOException {
        Cartd first = builder().open(); // Whoever asks before the check has come to it.
        cartds.add(first);
        assertThatThrownBy(() -> first.open(uid, "")).isInstanceOf(CartException.Failed.class);
        assertThat(first.status(uid).orElseThrow().reason()).startsWith("The cart is damaged: ");
        Cartd cartd = start(alone());
        repaired(cartd, uid);
        assertThat(files(download(cartd, uid))).hasSize(3);
    }

    @Test
    void aFileThatIsGoneDamagesItsCartWhichCanBeRepaired() throws IOException {
        Files.delete(volume.resolve("1/ready-stream/1/2/3/bar.csv"));
        Cartd cartd = start(alone());
        awaitStatus(cartd, "ready-stream", CartStatus.ERROR);
        assertFailed(cartd, "ready-stream", "The cart is damaged: file 1/2/3/bar.csv is gone from the volume");
        await().untilAsserted(() ->
                assertThat(volume.resolve("cartuids/ready-stream")).doesNotExist());

        repaired(cartd, "ready-stream");

        assertThat(files(download(cartd, "ready-stream"))).hasSize(3);
        assertThat(archive.pulled()).containsExactly("bar.csv");
        assertThat(volume.resolve("cartuids/ready-stream/1/2/3/bar.csv")).hasBinaryContent(text("bar.csv"));
    }

    @Test
    void aWholeCartIsHashedWhereItLiesThoughAllOfItIsOnTape() {
        Cartd cartd = start(alone());
        archive.medium(Archive.Medium.TAPE);
        repaired(cartd, "ready-stream");
        assertThat(archive.pulled()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../outside.txt", "/outside.txt", "", "..", "a/../../x", "1/2/3/foo.txt/x", "1/2/3"})
    void aPathThatLeadsNowhereEndsInError(String path) {
        raw.run("update file set bundle_path = ? where id = 3", path);
        Cartd cartd = builder().open();
        cartds.add(cartd);
        assertThatThrownBy(() -> cartd.open("ready-stream", ""))
                .isInstanceOf(CartException.Failed.class)
                .hasMessageStartingWith("The cart is damaged: ");
        assertThat(cartd.status("ready-stream").orElseThrow().status()).isEqualTo(CartStatus.ERROR);
        cartd.work();
        cartd.restage(cartd.status("ready-stream").orElseThrow());
        awaitStatus(cartd, "ready-stream", CartStatus.valueOf(path.equals("/outside.txt") ? "READY" : "ERROR"));
    }

    @Test
    void aPathBehindASymlinkIsNoPath() throws IOException {
        Path there = Files.createDirectories(home.resolve("there/3"));
        Files.write(there.resolve("foo.txt"), text("foo.txt"));
        Files.write(there.resolve("bar.csv"), text("bar.csv"));
        removeTree(volume.resolve("10/null-bundle/1/2"));
        Files.createSymbolicLink(volume.resolve("10/null-bundle/1/2"), there.getParent());
        Files.delete(volume.resolve("1/ready-stream/1/2/3/foo.txt"));
        Files.createSymbolicLink(volume.resolve("1/ready-stream/1/2/3/foo.txt"), there.resolve("foo.txt"));
        Cartd cartd = start();

        for (String uid : List.of("null-bundle", "ready-stream")) {
            awaitStatus(cartd, uid, CartStatus.ERROR);
            assertFailed(cartd, uid, "The cart is damaged: file 1/2/3/foo.txt is gone from the volume");
        }
        repaired(cartd, "ready-stream");
        assertThat(Files.isSymbolicLink(volume.resolve("1/ready-stream/1/2/3/foo.txt")))
                .isFalse();
        cartd.restage(cartd.status("null-bundle").orElseThrow());
        await().until(() -> cartd.status("null-bundle")
                .orElseThrow()
                .standstill()
                .waitsFor()
                .isPresent());
        working(Duration.ofMinutes(31));
        awaitStatus(cartd, "null-bundle", CartStatus.ERROR);
        assertThat(cartd.status("null-bundle").orElseThrow().reason()).contains("a symlink is on the way to it");
        try (var left = Files.list(there)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void oneFileTakenTwiceCountsOnce() throws IOException {
        raw.run("insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)"
                + " select cart_id, file_name, '/1//2/3/foo.txt', hash_type, hash_value, status, error"
                + " from file where file_name = 'foo.txt' and cart_id in (1, 6)");
        raw.run("update cart set status = 'staging' where id = 6");
        raw.run("update file set hash_value = ? where cart_id = 7", FOO);
        raw.run("insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)"
                + " select cart_id, 'other', bundle_path, hash_type, hash_value, status, error from file"
                + " where cart_id = 7");
        Cartd cartd = start();
        assertThat(files(download(cartd, "ready-stream"))).hasSize(3);
        awaitCart(cartd, 6, CartStatus.READY);
        assertFailed(cartd, "dup", "The cart is damaged: file 1/2/3/bar.csv is there twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "", ".part", "a/b", "x\ny"})
    void aUidThatCannotBeANameEndsInError(String uid) throws IOException {
        raw.run("update cart set cart_uid = ? where id in (1, 2, 11)", uid);
        raw.run(
                "insert into file (cart_id, file_name, bundle_path, hash_type, hash_value, status, error)"
                        + " values (11, 'foo.txt', 'x', 'md5', ?, 'waiting', '')",
                FOO);
        Cartd cartd = builder().open();
        cartds.add(cartd);
        raw.run("update cart set deleted_date = updated_date where id = 11");
        assertThatThrownBy(() -> cartd.open(uid, ""))
                .isInstanceOf(CartException.Failed.class)
                .hasMessage("The cart is damaged: its uid cannot be the name of a directory");
        raw.run("update cart set deleted_date = null where id = 11");
        cartd.work();
        awaitCart(cartd, 1, CartStatus.ERROR);
        awaitCart(cartd, 11, CartStatus.ERROR);

        assertThat(cartd.delete(uid)).isTrue();

        await().until(() -> Files.notExists(volume.resolve("1")) && Files.notExists(volume.resolve("2")));
        assertThat(volume.resolve("3/err-hash/1/2/3/foo.txt")).exists();
    }

    @Test
    void aCartWithoutFilesEndsInErrorWherever() {
        raw.run("update cart set status = 'ready', bundle_path = ? where id = 11", volume + "/11/staging-now");
        Cartd cartd = start();
        awaitStatus(cartd, "staging-now", CartStatus.ERROR);
        awaitStatus(cartd, "staging-bundle", CartStatus.ERROR);
        assertThat(cartd.status("staging-bundle").orElseThrow().reason()).isEqualTo("The cart has no files");
    }

    @Test
    void whatLiesOutsideTheVolumeIsNotTheCart() {
        raw.run(
                "update cart set bundle_path = ? where id in (1, 2)",
                home.resolve("outside.txt").toString());
        Cartd cartd = start();
        await().until(() -> store.space().unmeasured().isEmpty());
        assertThat(cartd.status("ready-stream").orElseThrow().status()).isEqualTo(CartStatus.READY);
        cartd.delete("ready-stream");
        cartd.delete("ready-bundle");
        await().until(() -> Files.notExists(volume.resolve("1")) && Files.notExists(volume.resolve("2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "waiting"})
    void whatWasLeftInWorkIsHashedWhereItLiesOrPulled(String status) throws IOException {
        inWork(10, status, 0);
        raw.run("update file set status = 'waiting' where cart_id = 10 and file_name = 'baz.ini'");
        raw.run("update file set status = 'staging' where cart_id = 10 and file_name = 'bar.csv'");
        Files.writeString(volume.resolve("10/null-bundle/2/3/4/baz.ini"), "Writing", StandardCharsets.UTF_8);
        Files.writeString(volume.resolve("10/null-bundle/1/2/3/bar.csv"), "as many bytes, but other ones..");
        Cartd cartd = start(alone());
        awaitStatus(cartd, "null-bundle", CartStatus.READY);

        assertThat(files(download(cartd, "null-bundle")))
                .containsEntry("x/1/2/3/foo.txt", text("foo.txt"))
                .containsEntry("x/1/2/3/bar.csv", text("bar.csv"))
                .containsEntry("x/2/3/4/baz.ini", text("baz.ini"));
        assertThat(archive.pulled()).containsExactlyInAnyOrder("bar.csv", "baz.ini");
        assertThat(volume.resolve("cartuids/null-bundle/2/3/4/baz.ini")).hasBinaryContent(text("baz.ini"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "bundling"})
    void aHalfMadeTarIsNotTaken(String status) throws IOException {
        inWork(10, status, 1);
        Path tar = volume.resolve("10/null-bundle.tar");
        Files.copy(volume.resolve("9/re-created.tar"), tar);
        Cartd cartd = start();
        awaitStatus(cartd, "null-bundle", CartStatus.READY);

        assertThat(files(download(cartd, "null-bundle"))).hasSize(3).containsKey("null-bundle/1/2/3/foo.txt");
        assertThat(volume.resolve("10/null-bundle")).doesNotExist();
        assertThat(volume.resolve("10/.part")).doesNotExist();
        assertThat(Files.size(tar)).isEqualTo(cartd.open("null-bundle", "").length());
    }

    /** Back with Pacifica Cartd, which finished it, and with cartd again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCartdBeganAndTheOriginalFinishedIsServedOrRepaired(boolean bundle) throws IOException {
        inWork(10, "staging", bundle ? 1 : 0);
        Cart claim = store.claim(10).orElseThrow();
        List<CartFile> begun = store.files(10).stream()
                .map(file -> file.lost().asked(1).seen(text(file.archiveId()).length, SmallArchive.MTIME, true))
                .toList();
        Cart.Progress progress = bundle ? new Cart.Progress(3, 0, 105, 0) : Cart.Progress.ofUnknownSize(3, 0, 0);
        store.record(claim.with(progress), bundle ? begun : begun.subList(0, 1));
        raw.run("update cart set status = 'ready' where id = 10");
        raw.run("update file set status = 'staged' where cart_id = 10");
        Files.copy(volume.resolve("9/re-created.tar"), volume.resolve("10/null-bundle.tar"));
        Cartd cartd = start();
        if (bundle) {
            assertFailed(
                    cartd, "null-bundle", "The cart is damaged: its tar is gone from the volume, or has not its size");
            repaired(cartd, "null-bundle");
        }
        assertThat(files(download(cartd, "null-bundle"))).hasSize(3);
    }

    @Test
    void whatIsExpectedFromAnotherIsAskedForWhereFilesAreNotShared() {
        inWork(10, "staging", 0);
        raw.run("update file set status = 'staging' where cart_id = 10");
        removeTree(volume.resolve("10"));
        archive.medium(Archive.Medium.TAPE);
        Cartd cartd = start(alone());
        await().until(() -> store.files(10).stream().allMatch(file -> file.asked() != CartFile.UNKNOWN));
        archive.medium(Archive.Medium.DISK);
        awaitLater(cartd, "null-bundle", CartStatus.READY);
    }

    @Test
    void deadlinesCountFromTheTakeOver() {
        raw.run("update cart set creation_date = '2019-01-01 00:00:00', updated_date = '2019-01-01 00:00:00'");
        inWork(10, "staging", 0);
        raw.run("update file set file_name = 'tape', status = 'staging' where cart_id = 10");
        removeTree(volume.resolve("10"));
        archive.put("tape", new byte[10]);
        archive.medium(Archive.Medium.TAPE);
        Cartd cartd = start(builder().tapePatience(Duration.ofHours(2)).patience(Duration.ofMinutes(30)));
        await().until(() -> store.files(10).stream().allMatch(file -> file.asked() != CartFile.UNKNOWN));
        working(Duration.ofMinutes(118));
        assertStays(cartd, "null-bundle");
        working(Duration.ofMinutes(4));
        awaitStatus(cartd, "null-bundle", CartStatus.ERROR);
        assertThat(cartd.status("null-bundle").orElseThrow().reason()).contains("still on tape after 2 hours");
    }

    @Test
    void anArchiveThatIsAwayIsWaitedForFromTheTakeOver() {
        raw.run("update cart set creation_date = '2019-01-01 00:00:00', updated_date = '2019-01-01 00:00:00'");
        inWork(10, "waiting", 0);
        archive.away(true);
        Cartd cartd = start(builder().patience(Duration.ofMinutes(30)));
        await().until(() -> cartd.status("null-bundle")
                .orElseThrow()
                .standstill()
                .waitsFor()
                .isPresent());
        working(Duration.ofMinutes(29));
        assertStays(cartd, "null-bundle");
        working(Duration.ofMinutes(2));
        awaitStatus(cartd, "null-bundle", CartStatus.ERROR);
        assertThat(cartd.status("null-bundle").orElseThrow().reason()).contains("for 30 minutes");
    }

    @Test
    void roomIsWaitedForFromTheTakeOver() {
        Cartd before = start();
        await().until(() -> store.space().unmeasured().isEmpty()); // Until then they count as nothing.
        before.close();
        scheduler = database.scheduler(ENGINE);
        raw.run("update cart set creation_date = '2019-01-01 00:00:00', updated_date = '2019-01-01 00:00:00'");
        inWork(10, "staging", 0);
        SpaceSettings full = new SpaceSettings(
                Optional.of(60_000L),
                0,
                true,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                SpacePolicy.LRU);
        pinnedByAnother(70);
        removeTree(volume.resolve("10"));
        Cartd cartd = start(builder().space(full).shareFiles(false));
        await().until(() -> cartd.space().waiting().size() == 1);
        working(Duration.ofMinutes(59));
        assertStays(cartd, "null-bundle");
        working(Duration.ofMinutes(2));
        awaitStatus(cartd, "null-bundle", CartStatus.ERROR);
    }

    @Test
    void whatGoesFirstGoesByTheOldLastUse() {
        raw.run("update cart set updated_date = '2019-01-01 00:00:00', used_at = null where id = 9");
        raw.run("update cart set updated_date = '2019-02-01 00:00:00', used_at = null where id = 1");
        Cartd cartd = start();
        await().until(() -> store.space().unmeasured().isEmpty());
        assertThat(cartd.space().next()).extracting(EvictionCandidate::cart).startsWith(6L, 9L, 1L);
        Cart old = cartd.status("re-created").orElseThrow();
        assertThat(old.updated()).isBefore(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(cartd.purge(old)).isTrue();
        await().until(() -> Files.notExists(volume.resolve("9")));
        assertThat(Files.exists(volume.resolve("cartuids/re-created"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void whatTheOriginalProvedIsCopiedAndHashedNotLinked() throws IOException {
        Cartd cartd = start();
        await().until(() -> store.space().unmeasured().isEmpty());
        Path rotten = volume.resolve("10/null-bundle/1/2/3/bar.csv");
        for (String tree : List.of("1/ready-stream", "7/dup", "10/null-bundle")) {
            FileTime mtime = FileTime.from(Instant.ofEpochSecond(SmallArchive.MTIME));
            Path file = volume.resolve(tree).resolve("1/2/3/bar.csv");
            Files.writeString(file, "thirty-one bytes, all of them x", StandardOpenOption.TRUNCATE_EXISTING);
            Files.setLastModifiedTime(file, mtime);
        }
        assertThat(rotten).hasSize(31);
        raw.run("update file set mtime = ?", SmallArchive.MTIME);
        cartd.submit(new CartRequest(
                "new",
                false,
                List.of(
                        CartRequest.Item.of("foo.txt", "f", "md5", FOO),
                        CartRequest.Item.of("bar.csv", "b", "md5", BAR),
                        CartRequest.Item.of("baz.ini", "z", "md5", BAZ))));
        awaitStatus(cartd, "new", CartStatus.READY);
        assertThat(files(download(cartd, "new"))).containsEntry("x/b", text("bar.csv"));
        assertThat(archive.pulled()).containsExactly("bar.csv");
        assertThat(store.space().shared()).isEmpty();
    }

    @Test
    void rowsThatLeadNowhereAreNobodysTwins() {
        raw.run("update cart set cart_uid = '../../x' where id = 1");
        raw.run("update file set bundle_path = '../../outside.txt' where file_name = 'foo.txt'");
        Cartd cartd = start();
        cartd.submit(new CartRequest("new", false, List.of(CartRequest.Item.of("foo.txt", "f", "md5", FOO))));
        awaitStatus(cartd, "new", CartStatus.READY);
    }

    /** Has Pacifica Cartd have left it in this state. */
    private void inWork(long cart, String status, int bundle) {
        raw.run("update cart set status = ?, bundle = ?, bundle_path = '' where id = ?", status, bundle, cart);
    }

    /** Has all carts pinned for so many minutes, of which each has a pin of its own, since none lasts for longer. */
    private void pinnedByAnother(int minutes) {
        Instant begun = Objects.requireNonNull(now.get());
        for (int minute = 1; minute <= minutes; minute++) {
            raw.run(
                    "insert into cartpins (cart_id, node, downloads, pinned_until) select id, ?, 1, ? from cart",
                    "other-" + minute,
                    begun.plus(Duration.ofMinutes(minute)).toEpochMilli());
        }
    }

    /** The engine goes by the system's clock: it has to be told. */
    private void later(Duration by) {
        now.updateAndGet(before -> before.plus(by));
        scheduler.wake(10);
    }

    /** With a look at the cart after each bit of it, since only time in which somebody works counts. */
    private void working(Duration time) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(Standstill.GAP)) {
            later(left.compareTo(Standstill.GAP) < 0 ? left : Standstill.GAP);
            Instant then = now.get();
            await().until(() -> {
                Cart cart = store.live(11, 1).get(0);
                return !cart.status().inWork() || !cart.standstill().counted().isBefore(then);
            });
        }
    }

    /** After {@link #working}, in which the cart was looked at last. */
    private static void assertStays(Cartd cartd, String uid) {
        assertThat(cartd.status(uid)).map(Cart::status).contains(CartStatus.STAGING);
    }

    private static void assertFailed(Cartd cartd, String uid, String reason) {
        assertThatThrownBy(() -> cartd.open(uid, ""))
                .isInstanceOf(CartException.Failed.class)
                .hasMessage(reason);
    }

    private static void repaired(Cartd cartd, String uid) {
        assertThat(cartd.restage(cartd.status(uid).orElseThrow())).isTrue();
        awaitStatus(cartd, uid, CartStatus.READY);
    }

    private void awaitLater(Cartd cartd, String uid, CartStatus status) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            later(Duration.ofSeconds(1));
            return cartd.status(uid).orElseThrow().status() == status;
        });
    }

    private static void awaitStatus(Cartd cartd, String uid, CartStatus status) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Cart cart = cartd.status(uid).orElseThrow();
            assertThat(cart.status()).as(cart.reason()).isEqualTo(status);
        });
    }

    private static void awaitCart(Cartd cartd, long id, CartStatus status) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> cartd.list().anyMatch(cart -> cart.id() == id && cart.status() == status));
    }

    private static byte[] download(Cartd cartd, String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "x.tar");
        return bytes(bundle, 0, bundle.length());
    }

    private static byte[] bytes(Bundle bundle, long from, long to) throws IOException {
        try (ReadableByteChannel channel = bundle.open(from, to)) {
            return Channels.newInputStream(channel).readAllBytes();
        }
    }

    private static Map<String, byte[]> files(byte[] tar) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return files;
    }

    private static byte[] text(String id) {
        try {
            return Objects.requireNonNull(OriginalSample.contents().get(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeTree(Path top) {
        try (var all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
