package dev.cartd.local;

import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveContract;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DirectoryArchiveTest extends ArchiveContract {
    @TempDir
    Path temp;

    private Path root;
    private Archive archive;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(temp.resolve("archive"));
        archive = new DirectoryArchive(root);
    }

    @Override
    protected Archive archive() {
        return archive;
    }

    @Override
    protected void put(String id, byte[] content, long mtime) throws IOException {
        Path file = root.resolve(id);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(mtime, 290_000_000)));
    }

    private void put(String id) throws IOException {
        put(id, id.getBytes(StandardCharsets.UTF_8), 1);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatStatusOf(String id) {
        return assertThatThrownBy(() -> archive.status(id));
    }

    @Test
    void followsALinkThatStaysInside() throws IOException {
        put("real/file");
        Files.createSymbolicLink(root.resolve("link"), Path.of("real/file"));
        Files.createSymbolicLink(root.resolve("dir"), root.resolve("real"));
        assertThat(archive.status("link").size()).isEqualTo(9);
        assertThat(archive.status("dir/file").size()).isEqualTo(9);
    }

    @Test
    void refusesALinkThatLeadsOut() throws IOException {
        put("file");
        Path outside = Files.writeString(temp.resolve("outside"), "secret");
        Path sibling = Files.createDirectory(temp.resolve("archive2"));
        Files.writeString(sibling.resolve("file"), "secret");
        Files.createSymbolicLink(root.resolve("absolute"), outside);
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside"));
        Files.createSymbolicLink(root.resolve("dir"), sibling);
        for (String id : new String[] {"absolute", "relative", "dir/file"}) {
            assertThatStatusOf(id).isInstanceOf(ArchiveException.Refused.class).hasMessageContaining("leads out");
            assertThatThrownBy(() -> archive.pull(id, 0, 6)).isInstanceOf(ArchiveException.Refused.class);
        }
    }

    @Test
    void aRootThatIsALinkIsFollowed() throws IOException {
        put("file");
        Path link = Files.createSymbolicLink(temp.resolve("mounted"), root);
        try (Archive linked = new DirectoryArchive(link)) {
            assertThat(linked.status("file").size()).isEqualTo(4);
        }
    }

    @Test
    void refusesWhatIsNoRegularFile() throws Exception {
        put("dir/file");
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        assertThatStatusOf("dir").isInstanceOf(ArchiveException.Refused.class).hasMessage("it is not a regular file");
        assertThatStatusOf("fifo").isInstanceOf(ArchiveException.Refused.class).hasMessage("it is not a regular file");
        assertThatThrownBy(() -> archive.pull("fifo", 0, 6)).isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    void aLoopOfLinksIsRefused() throws IOException {
        put("file");
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        assertThatStatusOf("loop").isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    void anIdThatIsNoPathIsRefused() throws IOException {
        put("file");
        assertThatStatusOf("nul\0").isInstanceOf(ArchiveException.Refused.class);
        assertThatStatusOf("x".repeat(256)).isInstanceOf(ArchiveException.Refused.class);
        assertThatStatusOf("file/below").isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    void saysThatPermissionIsDenied() throws IOException {
        put("file");
        Files.setPosixFilePermissions(root.resolve("file"), PosixFilePermissions.fromString("---------"));
        Assumptions.assumeFalse(Files.isReadable(root.resolve("file")), "the superuser may read everything");
        assertThatThrownBy(() -> archive.pull("file", 0, 4))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("it cannot be read: permission denied");
    }

    @Test
    void anArchiveThatIsNotMountedIsUnreachable() throws IOException {
        assertThatStatusOf("file")
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage(root + " is empty: is the archive mounted?");
        assertThatThrownBy(archive::check).hasMessage(root + " is empty: is the archive mounted?");
        Files.delete(root);
        assertThatStatusOf("file")
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage(root + " is not there: mount it, or correct the URL of the archive");
        assertThatThrownBy(archive::check)
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage(root + " is not there: mount it, or correct the URL of the archive");
        Files.createFile(root);
        assertThatStatusOf("file")
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessage(root + " is not a directory");
        assertThatThrownBy(archive::check).hasMessage(root + " is not a directory");
    }

    @Test
    void timesOutsideTheRangeAreBroughtIn() throws IOException {
        put("old", new byte[1], -5);
        assertThat(archive.status("old").mtime()).isZero();
    }

    @Test
    void aFileThatShrinksGivesWhatItHas() throws IOException {
        put("file", new byte[100], 1);
        try (InputStream content = archive.pull("file", 50, 200)) {
            assertThat(content.readAllBytes()).hasSize(50);
        }
        try (InputStream content = archive.pull("file", 150, 200)) {
            assertThat(content.readAllBytes()).isEmpty();
        }
    }
}
