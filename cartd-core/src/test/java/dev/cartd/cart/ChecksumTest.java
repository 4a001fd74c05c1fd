package dev.cartd.cart;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ChecksumTest {
    /** The values for {@code 123456789} that the definitions of these checksums give as a test. */
    @ParameterizedTest
    @CsvSource({
        "adler32,091e01de",
        "ADLER-32,091E01DE",
        "crc32,cbf43926",
        "CRC-32,cbf43926",
        "crc32c,e3069283",
        "crc32_c,e3069283"
    })
    void knowsTheChecksumsOf32Bits(String type, String value) {
        Checksum checksum = new Checksum(type, value);
        assertThat(checksum.problem()).isEmpty();
        MessageDigest digest = checksum.newDigest();
        digest.update("12345".getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) '6');
        byte[] rest = digest.digest("789".getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(rest)).isEqualTo(checksum.value());
    }

    @Test
    void aDigestBeginsAnew() {
        MessageDigest digest = new Checksum("adler32", "00000001").newDigest();
        digest.update((byte) 7);
        digest.reset();
        assertThat(digest.digest()).containsExactly(0, 0, 0, 1);
        digest.update((byte) 7);
        assertThat(digest.digest()).containsExactly(0, 8, 0, 8);
        assertThat(digest.digest()).containsExactly(0, 0, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({"adler32,091e01d", "crc32,091e01de0", "crc32c,091e01dg", "crc64,091e01de"})
    void saysWhatCannotBe(String type, String value) {
        assertThat(new Checksum(type, value).problem()).isPresent();
    }
}
