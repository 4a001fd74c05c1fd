package dev.cartd.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TarHeaderTest {
    private static final long OCTAL = 077777777777L;
    private static final List<Long> SIZES = List.of(0L, 1L, OCTAL, OCTAL + 1, 9_999_999_999L, Long.MAX_VALUE - 4096);
    private static final List<Long> TIMES =
            List.of(0L, 1L, -1L, OCTAL, OCTAL + 1, 99_999_999_999L, Long.MAX_VALUE, Long.MIN_VALUE);

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "中", "\uD83D\uDE00"})
    void theLengthIsThatOfTheBytesForEveryNameSizeAndTime(String unit) {
        for (int length = 1; length <= 2_500; length += length < 1_100 ? 1 : 37) {
            String name = unit.repeat(length);
            assertSameLength(name, 0, 0);
            assertSameLength(name, SIZES.get(length % SIZES.size()), TIMES.get(length % TIMES.size()));
        }
        SIZES.forEach(size -> TIMES.forEach(time -> assertSameLength(unit, size, time)));
    }

    private static void assertSameLength(String name, long size, long mtime) {
        assertThat(TarHeader.length(name, size, mtime))
                .as("name of %s chars, %s bytes, at %s", name.length(), size, mtime)
                .isEqualTo(TarHeader.bytes(name, size, mtime).length);
    }

    @Test
    void onlyWhatNeedsAPaxHeaderHasOne() {
        assertThat(TarHeader.length("x".repeat(99), OCTAL, OCTAL)).isEqualTo(512);
        assertThat(TarHeader.length("x".repeat(100), 0, 0)).isEqualTo(1536);
        assertThat(TarHeader.length("é", 0, 0)).isEqualTo(1536);
        assertThat(TarHeader.length("x", OCTAL + 1, 0)).isEqualTo(1536);
        assertThat(TarHeader.length("x", 0, OCTAL + 1)).isEqualTo(1536);
        assertThat(TarHeader.length("x".repeat(600), 0, 0)).isEqualTo(2048);
    }

    @Test
    void aPlainBlockIsTheOneOfTheLibrary() {
        Random random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            String name = random.ints(1 + random.nextInt(i % 2 == 0 ? 10 : 98), ' ', 0x7f)
                            .mapToObj(Character::toString)
                            .collect(Collectors.joining())
                    + (i % 3 == 0 ? "/" : "x");
            long size = name.endsWith("/") ? 0 : random.nextLong(random.nextBoolean() ? 100_000 : OCTAL);
            long time = random.nextLong(random.nextBoolean() ? 100_000 : OCTAL);

            assertThat(TarHeader.bytes(name, size, time))
                    .as("%s, %s bytes, at %s", name, size, time)
                    .isEqualTo(TarHeader.byLibrary(name, size, time));
        }
    }

    @Test
    void everyNameSizeAndTimeComesBack() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            String name = List.of("a", "é", "\uD83D\uDE00", "b/c").get(i % 4).repeat(1 + random.nextInt(300));
            long size = SIZES.get(random.nextInt(SIZES.size()));
            long time = TIMES.get(random.nextInt(TIMES.size()));
            TarArchiveEntry entry = read(TarHeader.bytes(name, size, time));

            assertThat(entry.getName()).isEqualTo(name);
            assertThat(entry.getSize()).isEqualTo(size);
            assertThat(entry.isFile()).isTrue();
            assertThat(entry.getLastModifiedTime().toInstant().getEpochSecond()).isEqualTo(inRange(time));
        }
    }

    private static long inRange(long time) {
        return Math.max(Instant.MIN.getEpochSecond(), Math.min(time, Instant.MAX.getEpochSecond()));
    }

    @Test
    void aBlocksNameIsNeverCutWithinACharacter() {
        byte[] header = TarHeader.bytes("x".repeat(98) + "\uD83D\uDE00", 0, 0);
        String inBlock = new String(header, 1024, 100, StandardCharsets.UTF_8);

        assertThat(inBlock).isEqualTo("x".repeat(98) + "\0\0");
    }

    private static TarArchiveEntry read(byte[] header) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.write(header);
        tar.write(new byte[1024]);
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar.toByteArray()), "UTF-8")) {
            return in.getNextEntry();
        }
    }
}
