package dev.cartd.cli.command;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cartd.cli.config.CherryPyFile;
import dev.cartd.cli.config.Configuration;
import dev.cartd.cli.config.IniFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class LogsTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    @TempDir
    private Path directory;

    @AfterEach
    void logAsBefore() {
        Appender<ILoggingEvent> file = ROOT.getAppender(directory.resolve("log").toString());
        ROOT.detachAppender(file);
        file.stop();
        if (ROOT.getAppender(LogSetup.SCREEN) instanceof OutputStreamAppender<ILoggingEvent> screen) {
            screen.setEncoder(LogSetup.encoder(ROOT.getLoggerContext(), new LogLine()));
        }
    }

    @Test
    void eachLineIsAJsonObjectIfThatIsWanted() throws IOException {
        Path file = directory.resolve("log");
        Logs.apply(CherryPyFile.of(IniFile.read(
                Files.writeString(directory.resolve("cp.ini"), "[global]\nlog.error_file = '" + file + "'\n"))));
        Logs.apply(new Configuration.Log(true, Optional.empty(), Optional.empty()));
        LoggerFactory.getLogger("a.b").error("it \"said\"\n{}", "\u001b[31m", new IOException("why"));

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(1);
        assertThat(members(lines.get(0)))
                .containsEntry("level", "ERROR")
                .containsEntry("loggerName", "a.b")
                .containsEntry("formattedMessage", "it \"said\"\n\u001b[31m")
                .containsKeys("timestamp", "threadName", "throwable");
    }

    /** The members of a JSON object; those that are objects without their own. */
    private static Map<String, String> members(String json) throws IOException {
        Map<String, String> members = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, parser.getText());
                parser.skipChildren();
            }
            assertThat(parser.nextToken()).isNull();
        }
        return members;
    }
}
