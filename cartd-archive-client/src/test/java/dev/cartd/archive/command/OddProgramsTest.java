package dev.cartd.archive.command;

import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Programs that fail, hang, or print what no program would. */
class OddProgramsTest {
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final String NONSENSE = "the answer of the archive's program makes no sense: ";

    @TempDir
    private Path directory;

    private Optional<CommandArchive> opened = Optional.empty();

    @AfterEach
    void close() {
        opened.ifPresent(CommandArchive::close);
    }

    private CommandArchive running(String script) {
        return running(script, Duration.ofSeconds(20));
    }

    private CommandArchive running(String script, Duration timeout) {
        try {
            Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + script + "\n");
            program.toFile().setExecutable(true);
            CommandArchive archive = new CommandArchive(program, timeout, 4, 1000);
            opened = Optional.of(archive);
            return archive;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatStatusBy(String script) {
        return assertThatThrownBy(() -> running(script).status("a"));
    }

    private static Stream<ProcessHandle> children() {
        return ProcessHandle.current().descendants().filter(OddProgramsTest::isOurs);
    }

    private static boolean isOurs(ProcessHandle process) {
        return process.info().command().filter(name -> name.contains("sleep")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello                                         | line 1 is not a JSON object: hello",
                "[1]                                           | line 1 is not a JSON object: [1]",
                "{\"id\":\"a\"} {}                             | line 1 is not a JSON object: {\"id\":\"a\"} {}",
                "{\"id\":\"a\",\"id\":\"a\"}                   | line 1 is not a JSON object: {\"id\":\"a\",\"id\":\"a\"}",
                "{\"size\":5}                                  | line 1 has no id",
                "{\"id\":7}                                    | line 1 has no id",
                "{\"id\":\"b\",\"missing\":true}               | line 1 is about another file: b",
                "{\"id\":\"a\"}                                | it has no size",
                "{\"id\":\"a\",\"size\":-5}                     | its size is -5",
                "{\"id\":\"a\",\"size\":1.5}                    | its size is 1.5",
                "{\"id\":\"a\",\"size\":99999999999999999999}   | its size is 99999999999999999999",
                "{\"id\":\"a\",\"size\":\"5\"}                  | its size is \"5\"",
                "{\"id\":\"a\",\"size\":5}                      | it has no mtime",
                "{\"id\":\"a\",\"size\":5,\"mtime\":null}       | its mtime is null",
                "{\"id\":\"a\",\"size\":5,\"mtime\":1}          | it has no medium",
                "{\"id\":\"a\",\"size\":5,\"mtime\":1,\"medium\":\"shelf\"} | its medium is \"shelf\"",
            })
    void anAnswerThatMakesNoSenseIsRefused(String line, String why) {
        assertThatStatusBy("echo '" + line + "'")
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage(NONSENSE + why);
    }

    @Test
    void anAnswerThatComesTwiceIsRefused() {
        String line = "echo '{\"id\":\"a\",\"missing\":true}'\n";
        assertThatStatusBy(line + line).hasMessage(NONSENSE + "line 2 answers for the second time for a");
    }

    @Test
    void aFileWithoutAnAnswerIsRefusedAndTheOthersAreNot() {
        CommandArchive odd =
                running("echo '{\"id\":\"a\",\"size\":5,\"mtime\":1e999999999,\"medium\":\"tape\",\"x\":[]}'");
        var answers = odd.status(List.of("b", "a"));
        assertThat(answers.get("a")).isEqualTo(new Found(5, Found.MAX_MTIME, Medium.TAPE));
        assertThat(answers.get("b"))
                .isInstanceOfSatisfying(
                        Archive.Failed.class,
                        failed -> assertThat(failed.why())
                                .isInstanceOf(ArchiveException.Refused.class)
                                .hasMessage("the archive's program says nothing about it"));
    }

    @Test
    void takesTheReasonOfARefusal() {
        String script = "echo '{\"id\":\"a\",\"refused\":\"tape\\\\n7 is broken\"}'";
        assertThatStatusBy(script).hasMessage("the archive's program refuses it: tape 7 is broken");
        assertThatThrownBy(() -> opened.orElseThrow().stage("a"))
                .hasMessage("the archive's program refuses it: tape 7 is broken");
    }

    @Test
    void aStageNeedsNoAnswer() {
        running("cat >/dev/null").stage("a");
        running("exit 0").stage("a");
    }

    @Test
    void aReceiptComesBackWithTheIds() throws IOException {
        CommandArchive archive =
                running("case $1 in stage) echo '{\"receipt\": \"r 1\"}'; echo '{\"id\":\"b\",\"missing\":true}';;"
                        + " *) echo \"$1\" >>seen; cat >>seen;; esac");
        Archive.Staged staged = archive.stage(List.of("a", "b"));
        assertThat(staged.receipt()).contains("r 1");
        assertThat(staged.failed()).containsOnlyKeys("b");
        archive.release("r 1", List.of("a", "c"));
        archive.cancel("r 1", List.of("a"));
        assertThat(Files.readAllLines(directory.resolve("seen")))
                .containsExactly(
                        "release",
                        "{\"id\":\"a\",\"receipt\":\"r 1\"}",
                        "{\"id\":\"c\",\"receipt\":\"r 1\"}",
                        "cancel",
                        "{\"id\":\"a\",\"receipt\":\"r 1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "7", "null", "\"a\\u0000b\"", "\"a\\u000ab\"", "\"\\ud800\"", "{}"})
    void anOddReceiptIsRefused(String receipt) {
        assertThatThrownBy(() ->
                        running("cat <<'E'\n{\"receipt\": " + receipt + "}\nE").stage("a"))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage(NONSENSE + "line 1 has a receipt that is no text of 1 to 500 characters");
    }

    @Test
    void aLongReceiptOrASecondOneIsRefused() {
        assertThatThrownBy(
                        () -> running("printf '{\"receipt\": \"%010240d\"}' 1").stage("a"))
                .hasMessage(NONSENSE + "line 1 has a receipt that is no text of 1 to 500 characters");
        String line = "echo '{\"receipt\": \"r\"}'\n";
        assertThatThrownBy(() -> running(line + line).stage("a")).hasMessage(NONSENSE + "line 2 has a second receipt");
        assertThatThrownBy(() -> running(line).status("a")).hasMessage(NONSENSE + "line 1 has no id");
        assertThatThrownBy(() -> running(line).release("r", List.of("a"))).hasMessage(NONSENSE + "line 1 has no id");
    }

    @Test
    void aReleaseThatFailsSaysWhy() {
        assertThatThrownBy(() -> running("echo no tape >&2; exit 75").release("r", List.of("a")))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageEndingWith("no tape");
        assertThatThrownBy(() -> running("echo never >&2; exit 3").cancel("r", List.of("a")))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's program ends with 3: never");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes | tr -d '\\n'", "yes '{}'", "yes ''", "cat /dev/zero"})
    void outputWithoutEndIsCutOff(String script) {
        assertThatStatusBy(script).isInstanceOf(ArchiveException.Refused.class).hasMessageStartingWith(NONSENSE);
    }

    @Test
    void theExitCodeAndTheLastComplaintAreTheReason() {
        assertThatStatusBy("echo first >&2; echo; echo '  tape 7: broken ' >&2; echo >&2; exit 3".replace("echo; ", ""))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's program ends with 3: tape 7: broken");
        assertThatStatusBy("exit 1").hasMessage("the archive's program ends with 1");
        assertThatStatusBy("yes 2>&1 >&2 | head -c 9000000 >&2; echo end >&2; exit 1")
                .hasMessage("the archive's program ends with 1: end");
        assertThatStatusBy("echo no licence >&2; exit 75")
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("the archive's program says that the archive is away: no licence");
    }

    @Test
    void aPullThatFailsAtOnceIsRefusedAndLaterItIsCut() throws IOException {
        String status =
                "[ $1 = status ] && { echo '{\"id\":\"a\",\"size\":5,\"mtime\":1,\"medium\":\"disk\"}'; exit; }\n";
        assertThatThrownBy(() -> running(status + "echo no tape >&2; exit 1").pull("a", 0, 5))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive's program ends with 1: no tape");
        assertThatThrownBy(() -> running(status + "exit 75").pull("a", 0, 5))
                .isInstanceOf(ArchiveException.Unreachable.class);
        try (InputStream cut = running("printf abc; echo no tape >&2; exit 75").pull("a", 0, 5)) {
            assertThat(cut.readNBytes(3)).hasSize(3);
            assertThatThrownBy(cut::read).isInstanceOf(IOException.class).hasMessageContaining("no tape");
        }
    }

    @Test
    void aProgramThatIsNotThereIsUnreachable() throws IOException {
        CommandArchive absent = running("");
        Files.delete(directory.resolve("program"));
        assertThatThrownBy(absent::check)
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageEndingWith("program is not there: install the program, or correct the URL of the archive");
        assertThatThrownBy(() -> absent.status("a")).isInstanceOf(ArchiveException.Unreachable.class);
        Files.writeString(directory.resolve("program"), "");
        assertThatThrownBy(absent::check).hasMessageContaining("not executable");
        Files.writeString(directory.resolve("program"), "#!/no/such/shell\n")
                .toFile()
                .setExecutable(true);
        assertThatThrownBy(() -> absent.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageContaining("cannot be started");
    }

    @Test
    void aSilentProgramIsEndedWithItsChildren() {
        assertThatThrownBy(() -> running("sleep 1234 & trap '' TERM; sleep 1234; sleep 1234; sleep 1234", SHORT)
                        .status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("the archive's program printed nothing for 600 ms")
                .matches(e -> ((ArchiveException) e).isStrained());
        await().until(() -> children().findAny().isEmpty());
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").endsWith("sleep 1234")))
                .as("children that a shell started while it was ended")
                .isEmpty();
    }

    @Test
    void aProgramThatDripsIsEndedToo() {
        assertThatThrownBy(() -> running("while true; do printf '{'; sleep 0.1; done", SHORT)
                        .status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("the archive's program did not end within 6 s");
    }

    @Test
    void aProgramThatDoesNotEndIsEnded() {
        assertThatThrownBy(() -> running("exec >&-; sleep 1000", SHORT).stage("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage("the archive's program closed its output but did not end for 600 ms");
    }

    @Test
    void aChildThatIsLeftBehindHoldsNobodyUp() throws IOException {
        running("sleep 1000 & echo $! >child").stage("a");
        // Its parent is gone, so that it is no descendant of this process any more.
        long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
        assertThat(ProcessHandle.of(child)).get().matches(ProcessHandle::destroyForcibly);
    }

    @Test
    void anInterruptEndsTheProgram() {
        CommandArchive hanging = running("sleep 1000");
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                hanging.status("a");
            } catch (ArchiveException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : new IllegalStateException());
            }
        });
        thread.start();
        await().until(() -> children().findAny().isPresent());
        thread.interrupt();
        assertThat(failure).succeedsWithin(5, TimeUnit.SECONDS).isInstanceOf(ArchiveException.Unreachable.class);
        await().until(() -> children().findAny().isEmpty());
    }

    @Test
    void closingThePullEndsTheProgram() throws IOException {
        InputStream content = running("printf abc; sleep 1000").pull("a", 0, 5);
        content.close();
        await().until(() -> children().findAny().isEmpty());
    }

    @Test
    void anIdIsNoArgumentAndNoPartOfAShellCommand() throws IOException {
        String id = "$(touch bad); `touch bad` -rf \"'\\n";
        running("echo \"$#: $*\" >arguments; cat >input").stage(id);
        assertThat(directory.resolve("arguments")).hasContent("1: stage");
        assertThat(Files.readString(directory.resolve("input"))).isEqualTo(Program.request(id) + "\n");
        assertThat(directory.resolve("bad")).doesNotExist();
    }

    @Test
    void theProgramGetsNoneOfTheSecretsInTheEnvironment() throws IOException {
        running("env >environment").stage("a");
        assertThat(Files.readAllLines(directory.resolve("environment")))
                .allMatch(line -> line.matches(
                        "(HOME|LANG|LANGUAGE|LC_\\w+|LOGNAME|PATH|TEMP|TMP|TMPDIR|TZ|USER|PWD|OLDPWD|SHLVL|_)=.*"))
                .anyMatch(line -> line.startsWith("PATH="));
    }

    @Test
    void aLongListIsOneRun() throws IOException {
        List<String> ids = Stream.iterate(1, i -> i + 1)
                .limit(1000)
                .map(i -> "d/" + i + "é\"".repeat(50))
                .toList();
        CommandArchive listed = running("echo run >>runs; cat >/dev/null");
        listed.stage(ids);
        assertThat(Files.readAllLines(directory.resolve("runs"))).hasSize(1);
    }
}
