package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.FileStatus;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Timeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Which failures say that the archive was asked too much at once. */
class StrainTest {
    private static final String MD5_OF_FOO = "acbd18db4cc2f85cedef654fccc4a4d8";

    @TempDir
    private Path directory;

    @Test
    void whatComesDamagedMayComeFromTooManyRequests() throws IOException {
        assertThat(pull(() -> bytes("fo")))
                .hasMessageStartingWith("only 2 of 3 bytes")
                .satisfies(StrainTest::isWrong);
        assertThat(pull(() -> bytes("fooo")))
                .hasMessageStartingWith("more than 3 bytes")
                .satisfies(StrainTest::isWrong);
        assertThat(pull(() -> bytes("bar"))).hasMessageStartingWith("md5 is ").satisfies(StrainTest::isWrong);
        assertThat(pull(() -> new SequenceInputStream(bytes("f"), cut())))
                .hasMessageStartingWith("the connection broke")
                .satisfies(StrainTest::isWrong);
    }

    @Test
    void aRefusalSaysNothingAboutThat() throws IOException {
        isNeutral(pull(() -> {
            throw new ArchiveException.Refused("the archive answers 500: Permission denied");
        }));
        isNeutral(new ArchiveException.Missing());
        isNeutral(new ArchiveException.Unreachable("connection refused"));
        isWrong(ArchiveException.Unreachable.midway("not a byte for 60 s", new IOException()));
    }

    private static void isWrong(ArchiveException e) {
        assertThat(new RequestOutcome.Failed(e, false).verdict()).isEqualTo(RequestLimit.Verdict.WRONG);
    }

    private static void isNeutral(ArchiveException e) {
        assertThat(new RequestOutcome.Failed(e, false).verdict()).isEqualTo(RequestLimit.Verdict.NEUTRAL);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static InputStream cut() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("reset");
            }
        };
    }

    /** What a pull of {@code foo} fails with when the archive sends this. */
    private ArchiveException pull(Supplier<InputStream> content) throws IOException {
        CartRequest.Item item = CartRequest.Item.of("id", "foo", "md5", MD5_OF_FOO);
        CartFile file = new CartFile(
                1, item.archiveId(), "foo", item.checksum(), FileStatus.STAGING, "", 3, 0, true, 0, false, 0);
        try (FileChannel to = FileChannel.open(
                directory.resolve("foo"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            FilePull pull = new FilePull(
                    from -> new OneFile(content).pull(file.archiveId(), from, file.size()),
                    file,
                    64,
                    Timeline.ofMachine(InstantSource.system()));
            return catchThrowableOfType(ArchiveException.class, () -> pull.run(to, 0, () -> false, position -> {}));
        }
    }

    private record OneFile(Supplier<InputStream> content) implements Archive {
        @Override
        public void stage(String id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Found status(String id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            return content.get();
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
