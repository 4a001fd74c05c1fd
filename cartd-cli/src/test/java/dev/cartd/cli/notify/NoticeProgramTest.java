package dev.cartd.cli.notify;

import dev.cartd.spi.Notice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Programs that get notices. */
class NoticeProgramTest {
    private static final Notice NOTICE = Example.notice("a cart", Notice.COMMAND, Notice.COMMAND);

    @TempDir
    private Path directory;

    private Path program(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void run(Path program, Duration timeout) throws IOException, InterruptedException {
        new NoticeProgram(program, timeout).send(NOTICE, CloudEvent.of(NOTICE));
    }

    @Test
    void hasTheNoticeOnItsInput() throws Exception {
        Path out = directory.resolve("out");
        run(program("take", "#!/bin/sh\ncat > '" + out + "'\nenv > '" + out + ".env'\n"), Duration.ofSeconds(60));
        assertThat(out).hasContent(CloudEvent.of(NOTICE));
        assertThat(Files.readAllLines(directory.resolve("out.env")))
                .anyMatch(line -> line.startsWith("PATH="))
                .noneMatch(line -> line.startsWith("JAVA"));
    }

    @Test
    void saysByItsExitCodeWhetherItTookIt() throws Exception {
        Path fails = program("fails", "#!/bin/sh\nexit 3\n");
        assertThatThrownBy(() -> run(fails, Duration.ofSeconds(60))).hasMessage(fails + " ends with 3");
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> run(none, Duration.ofSeconds(60)))
                .hasMessage(none + " cannot be started: is it there, and executable for the user of cartd?");
    }

    @Test
    void isEndedIfItDoesNotEnd() throws Exception {
        Path pid = directory.resolve("pid");
        Path slow = program("slow", "#!/bin/sh\nsleep 1000 &\necho $! > '" + pid + "'\nwait\n");
        assertThatThrownBy(() -> run(slow, Duration.ofSeconds(3))).hasMessage(slow + " did not end within 3 s");
        long child = Long.parseLong(Files.readString(pid).strip());
        await().until(() ->
                ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    /** The very program of docs/notices.md, with a stand-in for mail. */
    @Test
    void theExampleSendsMail() throws Exception {
        Matcher example = Pattern.compile("```python\n(#!/usr/bin/env python3.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/notices.md")));
        assertThat(example.find()).isTrue();
        Path out = directory.resolve("sent");
        Path mail = program("mail", "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + out + "'\n");
        Path script = program("notify", example.group(1).replace("\"mail\"", "\"" + mail + "\""));
        run(script, Duration.ofSeconds(60));
        assertThat(out).hasContent("-s\ncart 'a cart' is ready\ndata-team@example.org\n");
    }
}
