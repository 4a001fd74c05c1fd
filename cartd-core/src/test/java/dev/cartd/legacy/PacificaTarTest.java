package dev.cartd.legacy;

import dev.cartd.HostileInputs;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Checksum;
import dev.cartd.cart.FileStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PacificaTarTest {
    private static final String LONG = "long/".repeat(60) + "n\u00e4me";
    private static final List<CartFile> FILES =
            List.of(file(1, "a/b.txt", 1000), file(2, "c", CartFile.UNKNOWN), file(3, LONG, 0));

    private final byte[] whole;

    PacificaTarTest() throws IOException {
        whole = tar(TarConstants.LF_NORMAL);
    }

    @Test
    void aWholeTarHasNothingWrong() throws IOException {
        assertThat(problem(whole)).isEmpty();
        assertThat(problem(Arrays.copyOf(whole, whole.length + 20_480)))
                .as("more zeros")
                .isEmpty();
    }

    @Test
    void oneThatPythonMadeHasNothingWrong(@TempDir Path directory) throws Exception {
        Path tar = directory.resolve("x.tar");
        String script = "import tarfile, io\n"
                + "t = tarfile.open('" + tar + "', 'w')\n"
                + "for n, s in (('u/a/b.txt', 1000), ('u/c', 5), ('u/" + LONG + "', 0)):\n"
                + "  i = tarfile.TarInfo(n); i.size = s; t.addfile(i, io.BytesIO(b'x' * s))\n"
                + "t.close()\n";
        Process python = new ProcessBuilder("python3", "-c", script).inheritIO().start();
        org.junit.jupiter.api.Assumptions.assumeTrue(python.waitFor() == 0, "python3 is not here");
        assertThat(problem(Files.readAllBytes(tar))).isEmpty();
    }

    @Test
    void noCutIsTakenForATar() throws IOException {
        int used = whole.length;
        while (whole[used - 1] == 0) {
            used--;
        }
        int last = (used + 511) / 512 * 512; // Only what comes after two more blocks may be missing.
        for (int length = 0; length < last + 1024; length += 97) {
            int cut = length;
            assertThat(problem(Arrays.copyOf(whole, cut)))
                    .as(cut + " of " + whole.length + " bytes")
                    .isPresent();
        }
    }

    @Test
    void aChangedHeaderIsNoticed() throws IOException {
        for (int at : new int[] {0, 124, 148, 156, 512, 2048}) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x15;
            assertThat(problem(changed)).as("byte " + at).isPresent();
        }
    }

    @Test
    void zerosOrAnythingElseInsteadOfAMemberAreNoticed() throws IOException {
        byte[] zeros = whole.clone();
        Arrays.fill(zeros, 2560, 5120, (byte) 0);
        assertThat(problem(zeros)).isPresent();
        assertThat(problem(new byte[10_240])).contains("file a/b.txt is not in its tar");
        byte[] text = new byte[10_240];
        Arrays.fill(text, (byte) 'x');
        assertThat(problem(text)).isPresent();
        assertThat(problem(ByteBuffer.allocate(whole.length + 512)
                        .put(whole)
                        .put("more".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .array()))
                .contains("its tar is damaged: it goes on after its last file");
    }

    @Test
    void itHasTheFilesOfItsCartAndNoOthers() throws IOException {
        assertThat(problem(whole, FILES.subList(0, 2)))
                .hasValueSatisfying(
                        what -> assertThat(what).startsWith("its tar has a member that is no file of the cart"));
        assertThat(problem(whole, List.of(FILES.get(0), FILES.get(1), FILES.get(2), file(4, "d", 1))))
                .contains("file d is not in its tar");
        assertThat(problem(whole, List.of(file(1, "a/b.txt", 1001), FILES.get(1), FILES.get(2))))
                .contains("file a/b.txt has not its size in the tar");
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_LINK,
                TarConstants.LF_SYMLINK,
                TarConstants.LF_CHR,
                TarConstants.LF_FIFO,
                TarConstants.LF_GNUTYPE_SPARSE
            })
    void aMemberThatIsNoPlainFileIsNone(byte kind) throws IOException {
        assertThat(problem(tar(kind))).isPresent();
    }

    @Test
    void aVolumeThatFailsIsNotTheTarsFault() throws IOException {
        SeekableInMemoryByteChannel closed = new SeekableInMemoryByteChannel(whole) {
            @Override
            public int read(ByteBuffer to) throws IOException {
                throw new IOException("Input/output error");
            }
        };
        assertThatThrownBy(() -> PacificaTar.problem(closed, FILES)).hasMessage("Input/output error");
    }

    private static Optional<String> problem(byte[] tar) throws IOException {
        return problem(tar, FILES);
    }

    private static Optional<String> problem(byte[] tar, List<CartFile> files) throws IOException {
        return PacificaTar.problem(new SeekableInMemoryByteChannel(tar), files);
    }

    private static byte[] tar(byte kindOfC) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 10_240, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            put(tar, new TarArchiveEntry("u/"), 0);
            put(tar, new TarArchiveEntry("u/a/b.txt"), 1000);
            TarArchiveEntry c = new TarArchiveEntry("u/c", kindOfC);
            put(tar, c, kindOfC == TarConstants.LF_NORMAL ? 5 : 0);
            put(tar, new TarArchiveEntry("u/" + LONG), 0);
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int size) throws IOException {
        entry.setSize(size);
        tar.putArchiveEntry(entry);
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) 'd');
        tar.write(data);
        tar.closeArchiveEntry();
    }

    private static CartFile file(long id, String path, long size) {
        Checksum any = new Checksum("md5", "0".repeat(32));
        return new CartFile(id, path, path, any, FileStatus.STAGED, "", size, 0, true, 0, false, 0);
    }

    @Test
    void anyBytesAreATarWithOrWithoutAProblem() throws IOException {
        String right = new String(tar(TarConstants.LF_NORMAL), StandardCharsets.ISO_8859_1);
        String linked = new String(tar(TarConstants.LF_LINK), StandardCharsets.ISO_8859_1);
        HostileInputs.bytes(
                List.of(right, linked, right.substring(0, 2000), ""),
                tar -> problem(tar)
                        .ifPresent(what -> assertThat(what).isNotEmpty().hasSizeLessThan(3000)));
    }
}
