package dev.cartd.cli.get;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.cartd.cart.BundlePath;
import dev.cartd.cli.config.FailedException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TargetDirectoryTest {
    private static final BundlePath UPPER = BundlePath.parse("d/README");
    private static final BundlePath LOWER = BundlePath.parse("d/readme");

    @TempDir
    private Path home;

    @Test
    void replacesNoFileOfAnotherName() throws Exception {
        try (FileSystem mac = Jimfs.newFileSystem(Configuration.osX());
                TargetDirectory directory = TargetDirectory.open(mac.getPath("/work/target"), "files")) {
            directory.place(part(directory, "1", "upper"), UPPER);
            assertThatThrownBy(() -> directory.existing(LOWER))
                    .isInstanceOf(FileFailed.class)
                    .hasMessageContaining("takes its name and README for one");
            assertThatThrownBy(() -> directory.place(part(directory, "2", "lower"), LOWER))
                    .isInstanceOf(FileFailed.class)
                    .hasMessageContaining("takes its name and README for one");
            assertThat(Files.readString(mac.getPath("/work/target/d/README"))).isEqualTo("upper");
            assertThat(directory.existing(UPPER)).isPresent();
        }
    }

    @Test
    void makesNoDeviceOnWindows() throws Exception {
        try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows());
                TargetDirectory directory = TargetDirectory.open(windows.getPath("C:\\work\\target"), "files")) {
            for (String path : new String[] {"nul", "a/COM1.txt", "C:/x", "..\\..\\evil", "a."}) {
                assertThatThrownBy(() -> directory.place(part(directory, "1", ""), BundlePath.parse(path)))
                        .isInstanceOf(FileFailed.class)
                        .hasMessageContaining("its name cannot be on this system");
            }
            directory.place(part(directory, "1", "x"), BundlePath.parse("a/b"));
            assertThat(Files.readString(windows.getPath("C:\\work\\target\\a\\b")))
                    .isEqualTo("x");
        }
    }

    @Test
    void isForOneAtATime() {
        try (TargetDirectory first = TargetDirectory.open(home, "files")) {
            assertThat(first.part("x").getParent()).exists();
            assertThatThrownBy(() -> TargetDirectory.open(home, "files"))
                    .isInstanceOf(FailedException.class)
                    .hasMessage("another cartd get is at work in " + home);
            TargetDirectory.open(home, "tar-1").close();
        }
        TargetDirectory.open(home, "files").close();
    }

    @Test
    void followsNoLinkToItsOwnDirectory(@TempDir Path outside) throws IOException {
        Files.createSymbolicLink(home.resolve(".cartd-get"), outside);
        assertThatThrownBy(() -> TargetDirectory.open(home, "files"))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("a link is in its place");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void leavesNothingBehind() throws Exception {
        try (TargetDirectory directory = TargetDirectory.open(home, "files")) {
            directory.place(part(directory, "1", "x"), BundlePath.parse("a"));
            Path unused = part(directory, "2", "y");
            assertThat(unused).exists();
            directory.tidy();
        }
        try (var left = Files.list(home)) {
            assertThat(left).containsExactly(home.resolve("a"));
        }
    }

    private static Path part(TargetDirectory directory, String key, String text) throws IOException {
        return Files.writeString(directory.part(key), text);
    }
}
