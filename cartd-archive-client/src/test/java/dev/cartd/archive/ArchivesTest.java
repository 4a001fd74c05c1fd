package dev.cartd.archive;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ArchivesTest {
    @Test
    void opensADirectory(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("a"), new byte[7]);
        try (Archive archive = open(directory.toUri())) {
            assertThat(archive.status("a").size()).isEqualTo(7);
        }
    }

    @Test
    void opensAnArchiveInterface() {
        try (ArchiveInterface server = new ArchiveInterface();
                Archive archive = open(server.url())) {
            server.put("a", new byte[7], "1700000000");
            assertThat(archive.status("a").size()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///srv/archive/",
                "dav+https://u:p@host/a/",
                "DAV+http://host/",
                "tape+https://u:p@host:2880/a/",
                "TAPE+http://host/",
                "s3://my_bucket/a%20b//c/",
                "S3://bucket/",
                "command:///opt/a%20b/archive/",
                "COMMAND:/opt/archive/",
                "FILE:///srv/",
                "file:/srv/",
                "HTTP://host/",
                "https://u:p@host/a/"
            })
    void knowsTheSchemesOfAllKinds(String url) {
        Archives.check(URI.create(url));
        open(URI.create(url)).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://u:secret@host/",
                "host/",
                "dav+ftp://host/",
                "dav+http:///a/",
                "tape+ftp://host/",
                "tape+https://u:secret@host:port/",
                "dav+http://u:secret@host:port/",
                "dav+https://host/?secret",
                "http:/",
                "http:///a/",
                "http://u:secret@host:port/",
                "https://u:secret@host/?secret",
                "https://host/#secret",
                "file://host/srv/",
                "file:srv/",
                "file:///srv/?secret",
                "file:///srv/#secret",
                "command://host/opt/archive/",
                "s3://u:secret@bucket/",
                "s3:///",
                "command:archive/",
                "command:///",
                "command:///opt/archive/?secret"
            })
    void refusesAUrlThatNoArchiveCanHave(String url) {
        URI uri = URI.create(url);
        assertThatThrownBy(() -> Archives.check(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("the archive's URL ")
                .doesNotContain("secret");
        assertThatThrownBy(() -> open(uri)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Archive open(URI url) {
        return Archives.open(
                url,
                new ArchiveSettings(
                        Duration.ofSeconds(20), 8, 1000, ArchiveSettings.S3.DEFAULT, ArchiveSettings.Tape.DEFAULT));
    }
}
