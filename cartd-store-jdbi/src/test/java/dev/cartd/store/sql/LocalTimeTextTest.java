package dev.cartd.store.sql;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LocalTimeTextTest {
    @ParameterizedTest
    @CsvSource({
        "2019-01-09T09:17:26.123456789, 2019-01-09 09:17:26.123456",
        "2019-01-09T09:18:00.000005, 2019-01-09 09:18:00.000005",
        "2019-02-01T00:00:00, 2019-02-01 00:00:00",
        "2019-02-01T00:00:01.000000999, 2019-02-01 00:00:01",
        "2018-12-31T23:59:59.5, 2018-12-31 23:59:59.500000",
    })
    void timesAreWrittenAsTheOriginalWritesThem(String local, String text) {
        assertThat(LocalTimeText.format(instant(local))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2019-01-09 09:17:26.123456, 2019-01-09T09:17:26.123456",
        "2019-02-01 00:00:00, 2019-02-01T00:00:00",
        "2019-02-01 00:00:00.5, 2019-02-01T00:00:00.5",
        "2019-02-01T12:34:56, 2019-02-01T12:34:56",
        "2019-02-01 12:34, 2019-02-01T12:34:00",
        "2019-02-01, 2019-02-01T00:00:00",
    })
    void timesOfTheOriginalAreRead(String text, String local) {
        assertThat(LocalTimeText.parse(text)).isEqualTo(instant(local));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "never",
                "2019-13-45 00:00:00",
                "2019-01-01 25:00",
                "infinity",
                "0044-03-15 00:00:00 BC",
                "99999999999-01-01 00:00:00",
                "12"
            })
    void whatTellsNoTimeIsTheBeginning(String text) {
        assertThat(LocalTimeText.parse(text)).isEqualTo(Instant.EPOCH);
    }

    @Test
    void nothingIsTheBeginning() {
        assertThat(LocalTimeText.parse(null)).isEqualTo(Instant.EPOCH);
    }

    @Test
    void textsAreInTheOrderOfTimes() {
        Random random = new Random(7);
        LocalDateTime start = LocalDateTime.parse("2026-01-05T00:00:00");
        for (int i = 0; i < 10_000; i++) {
            LocalDateTime a = start.plusNanos(1000L * random.nextInt(3_000_000));
            LocalDateTime b = start.plusNanos(1000L * random.nextInt(3_000_000));
            String textOfA = LocalTimeText.format(instant(a.toString()));
            String textOfB = LocalTimeText.format(instant(b.toString()));
            assertThat(Integer.signum(textOfA.compareTo(textOfB))).isEqualTo(Integer.signum(a.compareTo(b)));
        }
    }

    private static Instant instant(String local) {
        return LocalDateTime.parse(local).atZone(ZoneId.systemDefault()).toInstant();
    }
}
