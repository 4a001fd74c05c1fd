package dev.cartd.server.download;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GzipTextTest {
    private final GzipText gzip = new GzipText();
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();

    private void add(byte[] text) {
        packed.writeBytes(gzip.next(Optional.of(text)).orElseThrow());
    }

    private byte[] unpacked() throws IOException {
        packed.writeBytes(gzip.next(Optional.empty()).orElseThrow());
        assertThat(gzip.next(Optional.empty())).isEmpty();
        return new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readAllBytes();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 50})
    void manyPiecesAreOneText(int pieces) throws IOException {
        Random random = new Random(pieces);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < pieces; i++) {
            // Some compress well, others not at all; lengths are about those at which a buffer is full.
            byte[] piece = new byte[random.nextInt(40_000)];
            if (i % 2 == 0) {
                random.nextBytes(piece);
            }
            text.writeBytes(piece);
            add(piece);
        }
        assertThat(unpacked()).isEqualTo(text.toByteArray());
    }

    @Test
    void eachLengthAboutThatOfABufferIsWhole() throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int length = 8_150; length < 8_210; length++) {
            byte[] piece = new byte[length];
            random.nextBytes(piece);
            text.writeBytes(piece);
            add(piece);
        }
        assertThat(unpacked()).isEqualTo(text.toByteArray());
    }

    @Test
    void nothingIsATextToo() throws IOException {
        assertThat(unpacked()).isEmpty();
    }
}
