package dev.cartd.cart;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StatusTest {
    @ParameterizedTest
    @CsvSource({
        "WAITING, STAGING|ERROR|DELETED",
        "STAGING, BUNDLING|ERROR|DELETED",
        "BUNDLING, READY|ERROR|DELETED",
        "READY, STAGING|ERROR|DELETED",
        "ERROR, STAGING|DELETED",
        "DELETED, ''"
    })
    void cartsMoveAsTheTableSays(CartStatus from, String allowed) {
        for (CartStatus to : CartStatus.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s to %s", from, to)
                    .isEqualTo(Arrays.asList(allowed.split("\\|")).contains(to.name()));
        }
    }

    @ParameterizedTest
    @CsvSource({"WAITING, STAGING|ERROR", "STAGING, WAITING|STAGED|ERROR", "STAGED, WAITING", "ERROR, WAITING"})
    void filesMoveAsTheTableSays(FileStatus from, String allowed) {
        for (FileStatus to : FileStatus.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s to %s", from, to)
                    .isEqualTo(Arrays.asList(allowed.split("\\|")).contains(to.name()));
        }
    }

    @ParameterizedTest
    @EnumSource(CartStatus.class)
    void wordsGoBothWays(CartStatus status) {
        assertThat(CartStatus.of(status.word())).isEqualTo(status);
    }

    @Test
    void aFileKeepsWhatWasSeenFirst() {
        CartFile file = new CartFile(
                1,
                "id",
                "p",
                new Checksum("md5", ""),
                FileStatus.WAITING,
                "",
                CartFile.UNKNOWN,
                0,
                false,
                CartFile.UNKNOWN,
                false,
                0);
        CartFile seen = file.asked(5).seen(10, 20, false);
        assertThat(seen.seen(11, 21, true)).isEqualTo(file.asked(5).seen(10, 20, true));
        assertThatThrownBy(file::staged).isInstanceOf(IllegalStateException.class);
        assertThat(seen.staged().lost().status()).isEqualTo(FileStatus.WAITING);
    }
}
