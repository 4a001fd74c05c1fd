package dev.cartd.cart;

import dev.cartd.HostileInputs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TimeSpanTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "90, PT1M30S",
        "1.5, PT1.5S",
        "60 s, PT1M",
        "30s, PT30S",
        "15m, PT15M",
        "12h, PT12H",
        "7d, PT168H",
        "2w, PT336H",
        "1 second, PT1S",
        "30 minutes, PT30M",
        "1 hour, PT1H",
        "2 hours, PT2H",
        "2 days, PT48H",
        "1 week, PT168H",
        "0.5 d, PT12H",
        "1.0009 s, PT1S",
        "3   weeks, PT504H"
    })
    void readsWhatPeopleWrite(String text, Duration expected) {
        assertThat(TimeSpan.of(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "s",
                "-1",
                "+1",
                "1e3",
                "1,5 s",
                ".5 s",
                "7D",
                "7 Days",
                "1 fortnight",
                "ss",
                "5 ss",
                "1 ms",
                "7d 1h",
                "7d\n",
                " 7d",
                "١s",
                "forever"
            })
    void refusesAllElse(String text) {
        assertThatThrownBy(() -> TimeSpan.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatCannotBeCounted() {
        assertThatThrownBy(() -> TimeSpan.of("999999999999999999 w")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyTextIsALengthOfTimeOrRefused() {
        HostileInputs.texts(List.of("7d", "1.5 hours", "90", "2 weeks", "999999999999999999 days"), text -> {
            try {
                assertThat(TimeSpan.of(text)).isGreaterThanOrEqualTo(Duration.ZERO);
            } catch (IllegalArgumentException e) {
                assertThat(e).isExactlyInstanceOf(IllegalArgumentException.class);
            }
        });
    }
}
