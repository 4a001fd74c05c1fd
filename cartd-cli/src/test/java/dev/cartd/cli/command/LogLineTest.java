package dev.cartd.cli.command;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.cartd.cli.Main;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class LogLineTest {
    private static final LoggerContext CONTEXT = new LoggerContext();

    /** A context of its own, since other tests change that of the process. */
    @BeforeAll
    static void configure() throws JoranException {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(CONTEXT);
        configurator.doConfigure(Main.class.getResource("/logback.xml"));
    }

    /** What the program's own logback.xml makes of a message. */
    private static String logged(String message) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(CONTEXT);
        encoder.setPattern(CONTEXT.getProperty("line"));
        encoder.start();
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(CONTEXT);
        event.setLoggerName("a");
        event.setLevel(ch.qos.logback.classic.Level.WARN);
        event.setMessage(message);
        event.setInstant(java.time.Instant.EPOCH);
        event.setMDCPropertyMap(Map.of());
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
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
