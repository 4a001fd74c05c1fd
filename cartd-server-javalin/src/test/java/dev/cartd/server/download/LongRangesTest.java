package dev.cartd.server.download;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Reading a {@code Range} takes a time that grows with its length, and not with the square of that. */
class LongRangesTest {
    /** With the square of it this takes minutes. */
    private static final int MANY = 2_000_000;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"1", " ", "9", "0", "bytes", "-"})
    void aRange(String piece) {
        String many = piece.repeat(MANY / piece.length());
        assertTimeoutPreemptively(LIMIT, () -> {
            assertThat(Selection.range("bytes=0-" + many, 10).from()).isZero();
            assertThat(Selection.range("bytes" + many + "=1-", 10).to()).isEqualTo(10);
        });
    }

    @Test
    void aNumberOfAnyLengthIsRead() {
        assertThat(Selection.range("bytes=0-" + "9".repeat(50), 10)).isEqualTo(new Selection(206, 0, 10));
        assertThat(Selection.range("bytes=" + "0".repeat(50) + "2-" + "0".repeat(50) + "3", 10))
                .isEqualTo(new Selection(206, 2, 4));
        assertThat(Selection.range("bytes=-" + "9".repeat(50), 10)).isEqualTo(new Selection(206, 0, 10));
    }
}
