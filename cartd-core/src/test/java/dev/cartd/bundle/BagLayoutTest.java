package dev.cartd.bundle;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.bundle.CartOnDisk.usedHeap;
import static dev.cartd.bundle.CartOnDisk.withChecksum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

class BagLayoutTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 27);

    @TempDir
    Path disk;

    @TempDir
    Path extracted;

    private CartOnDisk cart;

    @BeforeEach
    void emptyCart() {
        cart = new CartOnDisk(disk);
    }

    /** Adds a file that has its right hash. */
    private CartFile add(String path, int size, String type, String algorithm) throws Exception {
        CartFile file = cart.add(path, size, 1_700_000_000);
        Checksum checksum = new Checksum(type, ScriptedArchive.hash(algorithm, cart.bytes(file)));
        CartFile right = withChecksum(file, checksum);
        cart.files().set(cart.files().size() - 1, right);
        return right;
    }

    private BagLayout layout(String top) {
        return BagLayout.of(cart.layout(top), DAY);
    }

    private Map<String, byte[]> members(BagLayout layout) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        byte[] whole = cart.range(layout, 0, layout.length());
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(whole), "UTF-8")) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                members.put(e.getName(), in.readAllBytes());
                assertThat(e.getLastModifiedTime().toMillis()).isEqualTo(1_700_000_000_000L);
            }
        }
        return members;
    }

    @ParameterizedTest
    @CsvSource({"md5, MD5, md5", "sha-256, SHA-256, sha256", "sha3_512, SHA3-512, sha3512"})
    void theTagFilesAreAsTheRfcHasThem(String type, String algorithm, String name) throws Exception {
        CartFile a = add("a/100% é", 700, type, algorithm);
        CartFile b = add("b", 0, type, algorithm);

        Map<String, byte[]> members = members(layout("my"));

        assertThat(members.keySet())
                .containsExactly(
                        "my/",
                        "my/bagit.txt",
                        "my/bag-info.txt",
                        "my/manifest-" + name + ".txt",
                        "my/tagmanifest-" + name + ".txt",
                        "my/data/",
                        "my/data/a/",
                        "my/data/a/100% é",
                        "my/data/b");
        assertThat(members.get("my/data/a/100% é")).isEqualTo(cart.bytes(a));
        assertThat(text(members, "my/bagit.txt")).isEqualTo("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        assertThat(text(members, "my/bag-info.txt")).isEqualTo("Bagging-Date: 2026-11-27\nPayload-Oxum: 700.2\n");
        assertThat(text(members, "my/manifest-" + name + ".txt"))
                .isEqualTo(a.checksum().value() + "  data/a/100%25 é\n"
                        + b.checksum().value() + "  data/b\n");
        List<String> tags = new ArrayList<>();
        for (String tag : List.of("bag-info.txt", "bagit.txt", "manifest-" + name + ".txt")) {
            byte[] bytes = Objects.requireNonNull(members.get("my/" + tag));
            tags.add(ScriptedArchive.hash(algorithm, bytes) + "  " + tag);
        }
        assertThat(text(members, "my/tagmanifest-" + name + ".txt").lines()).containsExactlyElementsOf(tags);
    }

    private static String text(Map<String, byte[]> members, String name) {
        return new String(members.get(name), StandardCharsets.UTF_8);
    }

    /** Adds a file that has its right hash, and the SHA-256 that was computed for a bag. */
    private CartFile addWithSha256(String path, int size, String type, String algorithm) throws Exception {
        CartFile file = add(path, size, type, algorithm);
        CartFile known = file.withSha256(Optional.of(ScriptedArchive.hash("SHA-256", cart.bytes(file))));
        cart.files().set(cart.files().size() - 1, known);
        return known;
    }

    /** Where a program of somebody else extracted a bag of many files, whose hashes may be of several types. */
    private Path extractedBag(boolean mixed) throws Exception {
        for (int i = 0; i < 1500; i++) {
            String path = "d" + i % 7 + "/f" + i;
            if (mixed && i % 3 > 0) {
                addWithSha256(path, i % 40, i % 3 == 1 ? "sha1" : "md5", i % 3 == 1 ? "SHA-1" : "MD5");
            } else {
                add(path, i % 40, mixed ? "sha256" : "md5", mixed ? "SHA-256" : "MD5");
            }
        }
        BagLayout layout = layout("my");
        Path tar = Files.write(disk.resolve("bag.tar"), cart.range(layout, 0, layout.length()));
        TarTool.GNU_TAR.assumeHere(disk);
        assertThat(TarTool.GNU_TAR.extract(tar, extracted)).isEmpty();
        return extracted.resolve("my");
    }

    @ParameterizedTest
    @CsvSource({"false, md5", "true, sha256"})
    void itsHashProgramFindsAllOfItRight(boolean mixed, String type) throws Exception {
        Path bag = extractedBag(mixed);
        for (String manifest : List.of("manifest-" + type + ".txt", "tagmanifest-" + type + ".txt")) {
            List<String> words = List.of(type + "sum", "--check", "--strict", "--quiet", manifest);
            assertThat(TarTool.run(bag, words, Path.of("/dev/null"))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pythonsBagitFindsItValid(boolean mixed) throws Exception {
        assumeThat(pythons("import bagit"))
                .as("what Python says if its bagit is not on this machine")
                .isEmpty();
        extractedBag(mixed);
        assertThat(pythons("import bagit; bagit.Bag('my').validate(); print('valid')"))
                .contains("valid");
    }

    private String pythons(String program) throws Exception {
        try {
            return TarTool.run(extracted, List.of("python3", "-c", program), Path.of("/dev/null"));
        } catch (AssertionError e) {
            return e.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void randomRangesAreSlicesOfTheWhole(int seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 1100; i++) {
            String path = "d" + random.nextInt(9) + "/" + "n".repeat(1 + random.nextInt(120)) + i;
            int size = random.nextInt(900);
            if (seed == 3) {
                addWithSha256(path, size, i % 2 == 0 ? "md5" : "sha1", i % 2 == 0 ? "MD5" : "SHA-1");
            } else {
                add(path, size, "md5", "MD5");
            }
        }
        BagLayout layout = layout("my");
        byte[] whole = cart.range(layout, 0, layout.length());
        assertThat(whole).hasSize((int) layout.length());
        int tags = 3_000 + 1100 * 110;

        try (BundleChannel channel = layout.open(cart, 0, layout.length())) {
            for (int i = 0; i < 600; i++) {
                int from = random.nextInt(i % 2 == 0 ? tags : whole.length);
                int count = 1 + random.nextInt(Math.min(whole.length - from, i % 3 == 0 ? 300 : 200_000));
                ByteBuffer buffer = ByteBuffer.allocate(count);
                assertThat(channel.read(buffer, from)).isEqualTo(count);
                assertThat(buffer.array()).isEqualTo(Arrays.copyOfRange(whole, from, from + count));
            }
        }
        assertThat(cart.range(layout.under("longer"), 0, layout.under("longer").length()))
                .isEqualTo(cart.range(layout("longer"), 0, layout("longer").length()));
    }

    @Test
    void theFilesOfARangeAreThoseBelowData() throws Exception {
        CartFile a = add("a", 700, "md5", "MD5");
        CartFile b = add("b", 5, "md5", "MD5");
        BagLayout layout = layout("my");
        assertThat(layout.files(0, layout.length())).containsExactly(a, b);
        assertThat(layout.files(0, 512)).isEmpty();
        assertThat(layout.files(layout.length() - 1024, layout.length())).isEmpty();
        assertThat(layout.files(0, layout.length() - 1024 - 512)).containsExactly(a);
    }

    @Test
    void theDayIsInTheEtagAndTheRestIsTheFiles() throws Exception {
        add("a", 700, "md5", "MD5");
        assertThat(layout("my").etag())
                .isEqualTo(BagLayout.of(
                                ZipLayout.of("my", List.of(cart.files().get(0).withCrc(1))), DAY)
                        .etag())
                .isNotEqualTo(layout("your").etag())
                .isNotEqualTo(cart.layout("my").etag())
                .isNotEqualTo(BagLayout.of(cart.layout("my"), DAY.plusDays(1)).etag());
    }

    @Test
    void filesOfSeveralTypesNeedASha256() throws Exception {
        CartFile a = add("a", 1, "md5", "MD5");
        CartFile b = add("b", 1, "sha1", "SHA-1");
        CartFile c = add("c", 1, "sha256", "SHA-256");
        assertThat(BagLayout.lacking(cart.layout("my"))).containsExactly(a, b);
        assertThatThrownBy(() -> layout("my")).isInstanceOf(IllegalArgumentException.class);

        cart.files().set(0, a.withSha256(Optional.of("a".repeat(64))));
        cart.files().set(1, b.withSha256(Optional.of("b".repeat(64))));
        assertThat(BagLayout.lacking(cart.layout("my"))).isEmpty();
        BagLayout layout = layout("my");
        assertThat(text(members(layout), "my/manifest-sha256.txt"))
                .isEqualTo("a".repeat(64) + "  data/a\n" + "b".repeat(64) + "  data/b\n"
                        + c.checksum().value() + "  data/c\n");
        // What was computed is in no checksum of the cart: the ETag must tell it all the same.
        cart.files().set(1, b.withSha256(Optional.of("c".repeat(64))));
        assertThat(layout("my").etag()).isNotEqualTo(layout.etag());
    }

    @Test
    void whatIsNoHashIsRefused() throws Exception {
        add("a", 1, "md5", "MD5");
        add("b", 1, "sha1", "SHA-1");
        cart.files().set(1, withChecksum(cart.files().get(1), new Checksum("md5", "00")));
        assertRefused("A bag needs the hash of every file, and that of file b is none: 00 cannot be a md5,"
                + " which has 32 hex digits.");
        cart.files().clear();
        assertRefused("The cart has no files.");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> layout("my"))
                .isInstanceOf(CartException.NoSuchForm.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHundredThousandFilesTakeLittleRoom(boolean mixed) throws IOException {
        Optional<String> sha256 = Optional.of("0".repeat(64));
        List<CartFile> files = IntStream.range(0, 100_000)
                .mapToObj(i -> CartOnDisk.file(i + 1, "data/run" + i % 1_000 + "/sample_" + i + ".dat", 1L << 40, i))
                .map(file ->
                        mixed && file.id() % 2 == 0 ? withChecksum(file, new Checksum("sha1", "0".repeat(40))) : file)
                .map(file -> mixed ? file.withSha256(sha256) : file)
                .toList();
        TarLayout tar = TarLayout.of("my", files);
        long before = usedHeap();
        BagLayout layout = BagLayout.of(tar, DAY);

        assertThat(usedHeap() - before).isLessThan(5_000_000);
        assertThat(layout.length()).isGreaterThan(100_000L << 40);
        try (BundleChannel channel = layout.open(cart, 0, 20_000_000)) {
            ByteBuffer buffer = ByteBuffer.allocate(mixed ? 9_900_000 : 6_700_000);
            assertThat(channel.read(buffer)).isEqualTo(buffer.capacity());
            assertThat(new String(buffer.array(), StandardCharsets.UTF_8))
                    .contains("  data/data/run0/sample_0.dat\n")
                    .contains("  data/data/run98/sample_98098.dat\n");
        }
    }
}
