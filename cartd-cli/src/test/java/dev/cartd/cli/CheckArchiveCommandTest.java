package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CheckArchiveCommandTest {
    private static final String SHA256 = "sha256 is 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private String out = "";

    @BeforeEach
    void configure() throws IOException {
        Path archive = Files.createDirectory(home.resolve("archive"));
        Path file = Files.writeString(archive.resolve("a"), "hello\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2016-09-10T04:34:19Z")));
        environment.put("HOME", home.toString());
        environment.put("ARCHIVE_INTERFACE_URL", archive.toUri().toString());
    }

    private int run(String... arguments) {
        Program program = Program.here(environment, Duration.ZERO, arguments);
        out = program.out() + program.err();
        return program.exit();
    }

    @Test
    void triesAllThatCartdDoesWithAFile() {
        assertThat(run("check-archive", "a")).isZero();
        assertThat(out.lines())
                .hasSize(5)
                .anyMatch(line -> line.startsWith("archive: file:///"))
                .anyMatch(line -> line.startsWith("ok     there: "))
                .anyMatch(line ->
                        line.matches("ok {5}status: the file has 6 bytes, was modified 2016-09-.*, and is on disk"))
                .anyMatch(line -> line.equals("ok     pull: all bytes came; their " + SHA256))
                .anyMatch(line -> line.equals("ok     resume: from byte 3 on the same bytes came"));
    }

    @Test
    void triesOnlyWhetherItAnswersWithoutAFile() {
        assertThat(run("check-archive")).isZero();
        assertThat(out).contains("ok     answer: ", "which is right");
    }

    @Test
    void saysWhatIsWrongAndStops() throws IOException {
        assertThat(run("check-archive", "b")).isEqualTo(1);
        assertThat(out).endsWith("WRONG  status: the archive does not have it\n");
        environment.put("ARCHIVE_INTERFACE_URL", "http://u:secret@127.0.0.1:1/");
        assertThat(run("check-archive", "b")).isEqualTo(1);
        assertThat(out)
                .contains("archive: http://127.0.0.1:1/", "WRONG  status: 127.0.0.1:1: ")
                .doesNotContain("secret");
        environment.put("ARCHIVE_INTERFACE_URL", "command://" + home + "/program");
        assertThat(run("check-archive")).isEqualTo(1);
        assertThat(out).contains("WRONG  there: " + home + "/program is not there");
    }

    @Test
    void noticesThatAPullCannotGoOn() throws IOException {
        Path program = Files.writeString(home.resolve("program"), """
                #!/bin/sh
                case $1 in
                status) echo '{"id":"a","size":6,"mtime":1,"medium":"disk"}';;
                pull) echo hello;;
                esac
                """);
        program.toFile().setExecutable(true);
        environment.put("ARCHIVE_INTERFACE_URL", "command://" + program);
        assertThat(run("check-archive", "a")).isEqualTo(1);
        assertThat(out)
                .contains(SHA256)
                .endsWith("WRONG  resume: from byte 3 on other bytes came: a pull that was cut cannot go on\n");
        Files.writeString(program, Files.readString(program).replace("pull) echo hello", "pull) echo hell"));
        assertThat(run("check-archive", "a")).isEqualTo(1);
        assertThat(out).endsWith("WRONG  pull: 5 bytes came, not 6\n");
        Files.writeString(program, Files.readString(program).replace("disk", "error"));
        assertThat(run("check-archive", "a")).isEqualTo(1);
        assertThat(out).endsWith("WRONG  stage: the archive cannot read the file any more\n");
    }

    @Test
    void asksForAFileThatIsOnTape() {
        try (ArchiveInterface archive = new ArchiveInterface()) {
            archive.put("t", "hello\n".getBytes(StandardCharsets.US_ASCII));
            archive.tape("t", Duration.ofHours(1));
            environment.put("ARCHIVE_INTERFACE_URL", archive.url().toString());
            assertThat(run("check-archive", "t")).isZero();
            assertThat(out).contains("and is not on disk", "ok     stage: the archive was asked");
        }
    }

    @Test
    void answersPrograms() {
        assertThat(run("check-archive", "b", "--json")).isEqualTo(1);
        String archive = "\"archive\":\"" + environment.get("ARCHIVE_INTERFACE_URL") + "\",";
        assertThat(out)
                .isEqualTo("{" + archive + "\"right\":false,\"steps\":[{" + archive
                        + "\"step\":\"there\",\"right\":true,\"says\":\"nothing speaks against it\"},{" + archive
                        + "\"step\":\"status\",\"right\":false,\"says\":\"the archive does not have it\"}]}\n");
    }

    @Test
    void triesEachArchiveOrTheOneThatTheIdNames() throws IOException {
        Path other = Files.createDirectory(home.resolve("other"));
        Files.writeString(other.resolve("b"), "hello\n");
        Path config = Files.writeString(home.resolve("config.ini"), "[archive other]\nurl = " + other.toUri() + "\n");
        assertThat(run("-c", config.toString(), "check-archive")).as(out).isZero();
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("archive: file:///"))
                .anyMatch(line -> line.equals("archive other: " + other.toUri()))
                .filteredOn(line -> line.startsWith("ok     answer: "))
                .hasSize(2);
        assertThat(run("-c", config.toString(), "check-archive", "other:b"))
                .as(out)
                .isZero();
        assertThat(out).startsWith("archive other: ").contains(SHA256);
        assertThat(run("-c", config.toString(), "check-archive", "other2:b")).isEqualTo(1);
        assertThat(out).startsWith("archive: ");
        Files.delete(other.resolve("b"));
        assertThat(run("-c", config.toString(), "check-archive")).isEqualTo(1);
        assertThat(out).contains("WRONG  there: " + other + " is empty");
    }
}
