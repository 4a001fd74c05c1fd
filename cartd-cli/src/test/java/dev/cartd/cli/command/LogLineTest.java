package dev.cartd.cli.command;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class LogLineTest {
    /** A context of its own, since other tests change that of the process. */
    private static final LoggerContext CONTEXT = new LoggerContext();

    /** What the program makes of a message. */
    private static String logged(String message) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(CONTEXT);
        event.setLoggerName("a");
        event.setLevel(ch.qos.logback.classic.Level.WARN);
        event.setMessage(message);
        event.setInstant(java.time.Instant.EPOCH);
        event.setMDCPropertyMap(Map.of());
        return new String(LogSetup.encoder(CONTEXT, new LogLine()).encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void aMessageOfManyLinesIsOne() {
        assertThat(logged("one  two \r\n\n\n  three\n")).endsWith(" WARN  a - one  two | three\n");
    }

    @ParameterizedTest
    @CsvSource({"27, \\u001b", "0, \\u0000", "133, \\u0085", "8238, \\u202e", "127, \\u007f"})
    void whatDoesNotShowIsEscaped(int c, String shown) {
        assertThat(logged("a" + (char) c + "b")).endsWith(" - a" + shown + "b\n");
    }

    @Test
    void textOfPeopleStays() {
        assertThat(logged("päth/€/😀\tend")).endsWith(" - päth/€/😀\tend\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " ", "\n", "\n ", " \n", "\u0001"})
    void aLineHasALongestLengthAndTakesNoTime(String text) {
        String line = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> logged("a" + text.repeat(1_000_000)));
        assertThat(line.length()).isLessThan(LogLine.MAX + 100);
        assertThat(line.strip()).doesNotContain("\n");
    }
}
