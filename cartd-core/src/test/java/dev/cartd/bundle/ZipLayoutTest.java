package dev.cartd.bundle;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.bundle.CartOnDisk.file;
import static dev.cartd.bundle.CartOnDisk.usedHeap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ZipLayoutTest {
    @TempDir
    Path disk;

    private CartOnDisk cart;

    @BeforeEach
    void emptyCart() {
        cart = new CartOnDisk(disk);
    }

    @Test
    void theLibraryReadsEveryMemberAsItWentIn() throws IOException {
        plant();
        try (ZipFile zip = open(cart.zip(cart.zipLayout("my")))) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());

            assertThat(entries)
                    .extracting(e -> e.getName() + " " + Integer.toOctalString(e.getUnixMode()) + " " + e.getSize()
                            + " " + e.getLastModifiedTime().toInstant().getEpochSecond())
                    .containsExactly(
                            "my/ 40755 0 1700000000",
                            "my/a/ 40755 0 1700000000",
                            "my/a/new 100644 700 1700000000",
                            "my/a/old 100644 0 1",
                            "my/nai\u0308ve \uD83D\uDE00/ 40755 0 1234567",
                            "my/nai\u0308ve \uD83D\uDE00/f 100644 70000 1234567",
                            "my/z 100644 1 1000");
            assertThat(Collections.list(zip.getEntries())).containsExactlyElementsOf(entries);
            assertThat(entries).allSatisfy(e -> {
                assertThat(e.getMethod()).isEqualTo(ZipEntry.STORED);
                assertThat(e.getCompressedSize()).isEqualTo(e.getSize());
                assertThat(e.getGeneralPurposeBit().usesUTF8ForNames()).isTrue();
                assertThat(e.isDirectory()).isEqualTo(e.getName().endsWith("/"));
                assertThat(e.getVersionRequired()).isEqualTo(20);
            });
            for (CartFile file : cart.files()) {
                ZipArchiveEntry entry = zip.getEntry("my/" + file.path());
                assertThat(zip.getInputStream(entry)).hasBinaryContent(cart.bytes(file));
                assertThat(entry.getCrc()).isEqualTo(file.crc());
            }
        }
    }

    private void plant() throws IOException {
        cart.add("z", 1, 1_000);
        cart.add("a/new", 700, 1_700_000_000);
        cart.add("a/old", 0, 1);
        cart.add("nai\u0308ve \uD83D\uDE00/f", 70_000, 1_234_567);
    }

    @Test
    void javaReadsItAsAStreamToo() throws IOException {
        plant();
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(cart.zip(cart.zipLayout("my"))))) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                names.add(e.getName());
                byte[] bytes = in.readAllBytes(); // compares the CRC-32
                for (CartFile file : cart.files()) {
                    if (e.getName().equals("my/" + file.path())) {
                        assertThat(bytes).isEqualTo(cart.bytes(file));
                        assertThat(e.getLastModifiedTime().toInstant().getEpochSecond())
                                .isEqualTo(file.mtime());
                    }
                }
            }
        }
        assertThat(names).hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void randomRangesAreSlicesOfTheWhole(int seed) throws IOException {
        Random random = new Random(seed);
        int[] sizes = {0, 1, 10, 511, 5_000, 70_000};
        for (int i = 0; i < 1 + random.nextInt(40); i++) {
            String path = "d" + random.nextInt(4) + "/é" + random.nextInt(3) + "/f".repeat(1 + random.nextInt(9)) + i;
            cart.add(path, sizes[random.nextInt(sizes.length)], random.nextLong(-1_000, 9_000_000_000L));
        }
        ZipLayout layout = cart.zipLayout("my");
        byte[] whole = cart.zip(layout);
        assertThat(whole).hasSize((int) layout.length());

        try (BundleChannel channel = layout.open(cart, 0, layout.length())) {
            for (int i = 0; i < 500; i++) {
                int from = random.nextInt(whole.length);
                int count = 1 + random.nextInt(Math.min(whole.length - from, i % 2 == 0 ? 300 : whole.length));
                ByteBuffer buffer = ByteBuffer.allocate(count);
                assertThat(channel.read(buffer, from)).isEqualTo(count);
                assertThat(buffer.array()).isEqualTo(Arrays.copyOfRange(whole, from, from + count));
                assertThat(cart.range(layout, from, from + count)).isEqualTo(buffer.array());
            }
        }
        assertThat(cart.opened).as("left open").noneMatch(channel -> channel.isOpen());
    }

    @Test
    void theOrderOfTheFilesDoesNotMatter() throws IOException {
        plant();
        byte[] before = cart.zip(cart.zipLayout("my"));
        String etag = cart.zipLayout("my").etag();
        Collections.shuffle(cart.files(), new Random(1));

        assertThat(cart.zip(cart.zipLayout("my"))).isEqualTo(before);
        assertThat(cart.zipLayout("my").etag())
                .isEqualTo(etag)
                .isNotEqualTo(cart.layout("my").etag());
        assertThat(cart.zip(ZipLayout.of(cart.layout("my")))).isEqualTo(before);
    }

    /** If this fails, then the ETag of every zip must change: raise the version. */
    @Test
    void theBytesOfAZipNeverChange() throws Exception {
        plant();

        assertThat(ScriptedArchive.hash("SHA-256", cart.zip(cart.zipLayout("my"))))
                .isEqualTo("630a6ea92f3f903f52ce0c74cc02f7cdb4d8e0738a77066aee65f2c8f09f00a5");
        assertThat(ZipLayout.VERSION).isEqualTo("cartd-zip-1");
    }

    @Test
    void anotherTopIsAnotherZipOfTheSameFiles() throws IOException {
        plant();
        ZipLayout layout = cart.zipLayout("my");

        assertThat(layout.under("my")).isSameAs(layout);
        assertThat(layout.under("it").sharesPlaces(layout)).isTrue();
        assertThat(layout.under("longer").sharesPlaces(layout)).isFalse();
        assertThat(cart.zip(layout.under("longer"))).isEqualTo(cart.zip(cart.zipLayout("longer")));
        assertThat(layout.under("it").etag()).isNotEqualTo(layout.etag());
    }

    @Test
    void timesThatAZipCannotHaveAreTheNearestOnes() throws IOException {
        long[] times = {
            Long.MIN_VALUE,
            -1,
            0,
            315_532_800,
            1_700_000_001,
            Integer.MAX_VALUE,
            1L << 31,
            4_354_819_199L,
            4_354_819_200L,
            Long.MAX_VALUE
        };
        for (long time : times) {
            cart.add("f" + time, 1, time);
        }
        try (ZipFile zip = open(cart.zip(cart.zipLayout("my")))) {
            for (CartFile file : cart.files()) {
                ZipArchiveEntry entry = zip.getEntry("my/" + file.path());
                boolean exact = entry.getExtraField(X5455_ExtendedTimestamp.HEADER_ID) != null;
                assertThat(exact).isEqualTo(file.mtime() == (int) file.mtime());
                if (exact) {
                    assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(Instant.ofEpochSecond(file.mtime()));
                }
            }
        }
        assertThat(List.of(
                        dos(Long.MIN_VALUE),
                        dos(0),
                        dos(315_532_800),
                        dos(1_700_000_001),
                        dos(4_354_819_198L),
                        dos(Long.MAX_VALUE)))
                .containsExactly(
                        "1980-1-1 0:0:0",
                        "1980-1-1 0:0:0",
                        "1980-1-1 0:0:0",
                        "2023-11-14 22:13:20",
                        "2107-12-31 23:59:58",
                        "2107-12-31 23:59:58");
    }

    /** The MS-DOS time in the header of a file, as the format describes it. */
    private static String dos(long mtime) {
        byte[] header = ZipHeader.local(
                "f", new Member.Regular("f", file(1, "f", 1, mtime).withCrc(1)));
        int time = (header[10] & 0xff) | (header[11] & 0xff) << 8;
        int date = (header[12] & 0xff) | (header[13] & 0xff) << 8;
        return (1980 + (date >> 9)) + "-" + (date >> 5 & 15) + "-" + (date & 31) + " " + (time >> 11) + ":"
                + (time >> 5 & 63) + ":" + 2 * (time & 31);
    }

    @Test
    void whatCannotBeInAZipIsNamed() {
        assertThatThrownBy(() -> ZipLayout.of("my", List.of(file(1, "a", 1, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the CRC-32 of a file is unknown");
        assertThatThrownBy(() -> ZipLayout.of(
                        "my",
                        List.of(
                                file(1, "a", 1L << 62, 0).withCrc(1),
                                file(2, "b", 1L << 62, 0).withCrc(1))))
                .isInstanceOf(CartException.Failed.class)
                .hasMessage("file b is too large for a zip: 4611686018427387904 bytes");
        assertThatThrownBy(() -> ZipLayout.of("a/b", List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCartWithoutFilesIsAnEmptyDirectory() throws IOException {
        try (ZipFile zip = open(cart.zip(cart.zipLayout("my")))) {
            assertThat(Collections.list(zip.getEntries()))
                    .extracting(ZipArchiveEntry::getName)
                    .containsExactly("my/");
        }
    }

    @Test
    void aHundredThousandFilesTakeLittleRoom() throws IOException {
        List<CartFile> files = new ArrayList<>(IntStream.range(0, 100_000)
                .mapToObj(i -> file(i + 1, "data/run" + i % 1_000 + "/sample_" + i + ".dat", 0, i)
                        .withCrc(0))
                .toList());
        long before = usedHeap();
        ZipLayout layout = ZipLayout.of("my", files);

        assertThat(usedHeap() - before).isLessThan(30_000_000);
        try (ZipFile zip = open(cart.zip(layout))) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            assertThat(entries).hasSize(layout.size()).hasSize(100_000 + 1_000 + 2);
            assertThat(entries.get(entries.size() - 1).getName()).isEqualTo("my/data/run999/sample_99999.dat");
        }
    }

    /** The sizes around the largest that fits into 32 bits, with places of both kinds, in all their combinations. */
    @Test
    void membersBeyondFourGigabytesAreReadAtTheirPlaces() throws IOException {
        long[] sizes = {5, 0xffff_fffeL, 7, 0xffff_ffffL, 1L << 32, 5L << 30, 11};
        List<CartFile> files = IntStream.range(0, sizes.length)
                .mapToObj(i -> file(i + 1, "f" + i, sizes[i], 1).withCrc(100 + i))
                .toList();
        ZipLayout layout = ZipLayout.of("my", files);
        try (BundleChannel bytes = layout.open(Numbered::new, 0, layout.length());
                ZipFile zip = ZipFile.builder()
                        .setSeekableByteChannel(new Seekable(layout, bytes))
                        .get()) {
            for (CartFile file : files) {
                ZipArchiveEntry entry = zip.getEntry("my/" + file.path());
                assertThat(entry.getSize()).isEqualTo(file.size());
                assertThat(entry.getCompressedSize()).isEqualTo(file.size());
                assertThat(entry.getCrc()).isEqualTo(file.crc());
                byte[] first = new byte[5];
                zip.getRawInputStream(entry).read(first);
                assertThat(first).containsOnly((byte) file.id());
                long last = entry.getDataOffset() + file.size() - 5;
                assertThat(bytes.read(ByteBuffer.wrap(first), last)).isEqualTo(5);
                assertThat(first).containsOnly((byte) file.id());
            }
        }
    }

    /** A channel of which bytes can only be read, from any place. */
    private abstract static class ReadOnly implements SeekableByteChannel {
        private final long size;
        private long position;

        ReadOnly(long size) {
            this.size = size;
        }

        /** Reads bytes that begin at this place; answers how many, or -1 at the end. */
        abstract int read(ByteBuffer to, long from) throws IOException;

        @Override
        public final int read(ByteBuffer to) throws IOException {
            int count = read(to, position);
            position += Math.max(0, count);
            return count;
        }

        @Override
        public final int write(ByteBuffer from) {
            throw new AssertionError("read only");
        }

        @Override
        public final long position() {
            return position;
        }

        @Override
        public final SeekableByteChannel position(long to) {
            position = to;
            return this;
        }

        @Override
        public final long size() {
            return size;
        }

        @Override
        public final SeekableByteChannel truncate(long to) {
            throw new AssertionError("read only");
        }

        @Override
        public final boolean isOpen() {
            return true;
        }

        @Override
        public final void close() {}
    }

    /** A file of any size, whose bytes are all its number. */
    private static final class Numbered extends ReadOnly {
        private final byte number;

        Numbered(CartFile file) {
            super(file.size());
            number = (byte) file.id();
        }

        @Override
        int read(ByteBuffer to, long from) {
            int count = (int) Math.min(to.remaining(), size() - from);
            for (int i = 0; i < count; i++) {
                to.put(number);
            }
            return count;
        }
    }

    /** A zip that is computed where the library seeks. */
    private static final class Seekable extends ReadOnly {
        private final BundleChannel bytes;

        Seekable(Layout layout, BundleChannel bytes) {
            super(layout.length());
            this.bytes = bytes;
        }

        @Override
        int read(ByteBuffer to, long from) throws IOException {
            return bytes.read(to, from);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_533, 65_534, 65_535})
    void asManyMembersAsSixteenBitsTellAndMore(int files) throws IOException {
        List<CartFile> all = IntStream.range(0, files)
                .mapToObj(i -> file(i + 1, "f" + i, 0, 1).withCrc(0))
                .toList();
        try (ZipFile zip = open(cart.zip(ZipLayout.of("my", all)))) {
            assertThat(Collections.list(zip.getEntries())).hasSize(files + 1);
        }
    }

    private static ZipFile open(byte[] zip) throws IOException {
        return ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(zip))
                .get();
    }
}
