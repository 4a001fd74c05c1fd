package dev.cartd.bundle;

import dev.cartd.cart.CartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TarRangesTest {
    private static final List<String> UNITS =
            List.of("a", "B", "7", " ", "!", "-", ".x", "é", "\uFF5E", "\uD83D\uDE00");
    private static final int[] SIZES = {0, 0, 1, 10, 511, 512, 513, 1_023, 1_024, 1_025, 5_000, 70_000};

    @TempDir
    Path disk;

    private CartOnDisk cart;

    @BeforeEach
    void emptyCart() {
        cart = new CartOnDisk(disk);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void rangesOfRandomTreesAreSlicesOfTheWhole(int seed) throws IOException {
        Random random = new Random(seed);
        plant(random, 1 + random.nextInt(60));
        TarLayout layout = cart.layout("my");
        byte[] whole = PlainTar.of(cart, "my");
        assertThat(cart.tar(layout)).isEqualTo(whole);
        assertThat(layout.length()).isEqualTo(whole.length);

        for (int i = 0; i < 300; i++) {
            int from = random.nextInt(whole.length + 1);
            int to = from + random.nextInt(Math.min(whole.length - from, i % 2 == 0 ? 2_000 : whole.length) + 1);
            assertThat(read(layout, from, to, random)).isEqualTo(Arrays.copyOfRange(whole, from, to));
        }
        assertThat(cart.opened).as("left open").noneMatch(channel -> channel.isOpen());
    }

    private void plant(Random random, int files) throws IOException {
        Set<String> names = new HashSet<>();
        while (names.size() < files) {
            // Files and directories never share a name: only files have the suffix.
            String path = random.ints(random.nextInt(4), 1, 12)
                            .mapToObj(length -> name(random, length) + "/")
                            .collect(Collectors.joining())
                    + name(random, 1 + random.nextInt(12)) + ".f";
            if (names.add(path)) {
                cart.add(path, SIZES[random.nextInt(SIZES.length)], random.nextLong(-1_000, 9_000_000_000L));
            }
        }
    }

    private static String name(Random random, int length) {
        return "n" + random.ints(length, 0, UNITS.size()).mapToObj(UNITS::get).collect(Collectors.joining());
    }

    /** Reads with buffers of all kinds, and insists that each is filled as far as there are bytes. */
    private byte[] read(TarLayout layout, int from, int to, Random random) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(to - from);
        try (ReadableByteChannel channel = layout.open(cart, from, to)) {
            while (true) {
                int size = 1 + random.nextInt(random.nextBoolean() ? 600 : 100_000);
                ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
                buffer.position(random.nextInt(size)).limit(size);
                int room = buffer.remaining();
                int start = buffer.position();
                int count = channel.read(buffer);
                if (count < 0) {
                    assertThat(all.hasRemaining()).isFalse();
                    return all.array();
                }
                assertThat(count).isEqualTo(Math.min(room, all.remaining())).isEqualTo(buffer.position() - start);
                assertThat(buffer.limit()).isEqualTo(size);
                all.put(buffer.flip().position(start));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void severalThreadsReadAtAnyPosition(int seed) throws Exception {
        plant(new Random(seed), 60);
        TarLayout layout = cart.layout("my");
        byte[] whole = PlainTar.of(cart, "my");
        int from = whole.length / 10;
        int to = whole.length - from;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (BundleChannel channel = layout.open(cart, from, to)) {
            List<Future<?>> running = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(number -> threads.submit(() -> {
                        Random random = new Random(10 * seed + number);
                        for (int i = 0; i < 200; i++) {
                            int at = from + random.nextInt(to - from + 1);
                            ByteBuffer buffer = ByteBuffer.allocate(1 + random.nextInt(100_000));
                            int count = Math.min(buffer.capacity(), to - at);
                            assertThat(channel.read(buffer, at)).isEqualTo(at == to ? -1 : count);
                            assertThat(Arrays.copyOf(buffer.array(), count))
                                    .isEqualTo(Arrays.copyOfRange(whole, at, at + count));
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> done : running) {
                done.get();
            }
            ByteBuffer first = ByteBuffer.allocate(1000);
            channel.read(first);
            assertThat(first.array()).isEqualTo(Arrays.copyOfRange(whole, from, from + 1000));
        } finally {
            threads.shutdownNow();
        }
        assertThat(cart.opened).as("left open").noneMatch(file -> file.isOpen());
    }

    @Test
    void onlyManyFilesAreScattered() throws IOException {
        cart.add("a", 100_000, 1);
        for (int i = 0; i < 9; i++) {
            cart.add("b/" + i, 100, 1);
        }
        TarLayout layout = cart.layout("my");
        long many = layout.offset(cart.files().get(1));
        try (BundleChannel channel = layout.open(cart, 0, layout.length())) {
            assertThat(channel.isScattered(0, 100_000)).isFalse();
            assertThat(channel.isScattered(many, layout.length())).isTrue();
            assertThat(channel.isScattered(many, many + 1500)).isFalse();
            assertThat(channel.isScattered(many, many)).isFalse();
        }
    }

    @Test
    void emptyRangesAreEmptyAndOthersOutOfBoundsAreRefused() throws IOException {
        cart.add("a", 5, 1);
        TarLayout layout = cart.layout("my");

        for (long at = 0; at <= layout.length(); at++) {
            try (ReadableByteChannel channel = layout.open(cart, at, at)) {
                assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(-1);
            }
        }
        assertThatThrownBy(() -> layout.open(cart, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> layout.open(cart, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> layout.open(cart, 0, layout.length() + 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aFullBufferTakesNothing() throws IOException {
        cart.add("a", 5, 1);
        try (ReadableByteChannel channel = cart.layout("my").open(cart, 0, 100)) {
            assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
        }
    }

    @Test
    void filesAreOpenedWhenTheirBytesAreDueAndClosedAfterTheLast() throws IOException {
        CartFile a = cart.add("a", 1_000, 1);
        CartFile b = cart.add("b", 1_000, 1);
        TarLayout layout = cart.layout("my");
        try (ReadableByteChannel channel = layout.open(cart, 0, layout.length())) {
            channel.read(ByteBuffer.allocate((int) layout.offset(a)));
            assertThat(cart.opened).isEmpty();
            channel.read(ByteBuffer.allocate(999));
            assertThat(cart.opened).hasSize(1).allMatch(file -> file.isOpen());
            channel.read(ByteBuffer.allocate((int) (layout.offset(b) - layout.offset(a) - 999)));
            assertThat(cart.opened).hasSize(1).noneMatch(file -> file.isOpen());
        }
    }

    @Test
    void aFileOfMoreThanEightGigabytesIsReadAtBothItsEnds() throws IOException {
        byte[] mark = "here".getBytes(StandardCharsets.UTF_8);
        long size = 9L << 30;
        CartFile big = cart.addSparse("big", size, mark);
        CartFile next = cart.add("next", 10, 1);
        TarLayout layout = cart.layout("my");
        long offset = layout.offset(big);

        assertThat(offset)
                .as("the top's header, a pax header of two blocks, its own")
                .isEqualTo(4 * 512);
        assertThat(cart.range(layout, offset, offset + 4)).isEqualTo(mark);
        assertThat(cart.range(layout, offset + size - 4, offset + size)).isEqualTo(mark);
        assertThat(layout.offset(next)).isEqualTo(offset + size + 512);
        assertThat(cart.range(layout, layout.offset(next), layout.offset(next) + 10))
                .isEqualTo(cart.bytes(next));
        assertThat(layout.length()).isEqualTo(offset + size + 512 + 512 + 1024);
    }
}
