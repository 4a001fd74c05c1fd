package dev.cartd.cli.metrics;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class FailureCauseTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ROOM | No Space Available: cart needs 93 GB, the volume has 10 GB",
                "MISSING | Failed to stage file a/b: the archive does not have it",
                "REQUEST | Failed to pull file a/b: hash type 'crc32' is not known",
                "REQUEST | Failed to pull file a/b: 'zz' cannot be a md5, which has 32 hex digits",
                "HASH | Failed to pull file a/b: md5 is 12, expected 34",
                "TAPE | Failed to stage file a/b: still on tape after 2 days",
                "ARCHIVE_AWAY | Failed to pull file a/b: the archive could not be reached for 30 minutes",
                "ARCHIVE_REFUSED | Failed to stage file a/b: the archive answers 500: no",
                "VOLUME | The volume could not be used for 30 minutes (no space)",
                "VOLUME | File a is gone from the volume, or has not its size",
                "VOLUME | Failed to pull file a/b: the volume could not be written for 30 minutes (no space)",
                "VOLUME | Failed to pull file a/b: the volume cannot have a file of this name",
                "VOLUME | Failed to pull file a/b: on this volume it has the same name as a/B",
                "ARCHIVE_REFUSED | Failed to stage file a/b: the archive answers 500: the volume is gone",
                "ARCHIVE_REFUSED | Failed to pull file a/b: the archive answers 500: cannot read from the volume",
                "MEMORY | The server has no memory for the cart: its files; start it with a larger heap",
                "DEFECT | Internal error: java.lang.IllegalStateException",
                "OTHER | The cart has no files",
            })
    void isWhatTheReasonSays(FailureCause cause, String reason) {
        assertThat(FailureCause.of(reason)).isEqualTo(cause);
    }
}
