package dev.cartd.cli.admin;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TimeAgoTest {
    private final TimeAgo.Converter converter = new TimeAgo.Converter();

    @ParameterizedTest
    @CsvSource({
        "7 days ago,PT168H",
        "7 days after,PT168H",
        "1.5 hours ago,PT1H30M",
        "-1 days ago,PT-24H",
        "+2 weeks ago,PT336H",
        ".5 minutes ago,PT30S",
        "5. seconds ago,PT5S",
        "1e3 milliseconds ago,PT1S",
        "1.6 microseconds ago,PT0.000002S",
        "-0.5 milliseconds ago,PT-0.0005S",
        "0 days ago,PT0S"
    })
    void readsTimes(String text, Duration duration) {
        assertThat(converter.convert(text).duration()).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "7 days",
                "7 days from",
                "7 fortnights ago",
                "x days ago",
                "1 years ago",
                "1 day ago",
                "7 Days ago",
                "7  days ago",
                " 7 days ago",
                "nan days ago",
                "inf days ago",
                "1e99 weeks ago",
                "9999999999 days ago",
                "0x1p3 days ago"
            })
    void refusesAllElse(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is no time: allowed is such as '7 days ago'");
    }

    @Test
    void isSeenFromNow() {
        Instant now = Instant.parse("2026-11-22T12:00:00Z");
        assertThat(converter.convert("1 hours ago").before(now)).isEqualTo("2026-11-22T11:00:00Z");
        assertThat(converter.convert("-1 hours ago").before(now)).isEqualTo("2026-11-22T13:00:00Z");
        assertThat(converter.convert("999999999 days ago").before(now)).isBefore(Instant.EPOCH);
    }
}
