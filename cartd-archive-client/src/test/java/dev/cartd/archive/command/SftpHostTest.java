package dev.cartd.archive.command;

import dev.cartd.spi.Archive;
import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The program of docs/archives that goes by sftp, with OpenSSH's sftp and a server in this process. */
class SftpHostTest {
    private static final Path EXAMPLE = Path.of("../docs/archives/sftp-host");
    private static final List<String> NAMES =
            List.of("a", "run 1/a b.dat", "d/\"q\" 'q' \\ back", "*", "[ab]?", "é-文件");

    @TempDir
    private Path home;

    private Path files;
    private final SshServer server = SshServer.setUpDefaultServer();
    private Archive archive;

    @BeforeEach
    void start() throws Exception {
        for (String command : List.of("python3", "sftp", "ssh-keygen")) {
            assumeTrue(ExampleProgramsTest.has(command), "the example needs " + command + ", which is not installed");
        }
        files = Files.createDirectories(home.resolve("root/archive"));
        server.setHost("127.0.0.1");
        SimpleGeneratorHostKeyProvider hostKey = new SimpleGeneratorHostKeyProvider(home.resolve("host"));
        hostKey.setAlgorithm("EC");
        server.setKeyPairProvider(hostKey);
        server.setPublickeyAuthenticator((user, key, session) -> true);
        server.setFileSystemFactory(new VirtualFileSystemFactory(home.resolve("root")));
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        server.start();
        Path program = Files.copy(EXAMPLE, home.resolve("sftp-host"));
        program.toFile().setExecutable(true);
        Path key = home.resolve("key");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString())
                .start()
                .waitFor();
        Files.writeString(home.resolve("sftp-host.conf"), """
                Host archive
                    HostName 127.0.0.1
                    Port %d
                    User archive
                    IdentityFile %s
                    IdentitiesOnly yes
                    StrictHostKeyChecking no
                    UserKnownHostsFile /dev/null
                    LogLevel ERROR
                """.formatted(server.getPort(), key));
        archive = new CommandArchive(program, Duration.ofSeconds(20), 4, 1000);
    }

    /** Nothing was started if a test was skipped. */
    @AfterEach
    void stop() throws IOException {
        if (server.isStarted()) {
            archive.close();
            server.stop(true);
        }
    }

    private byte[] put(String id, int size, Instant mtime) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Path file = files.resolve(id);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(mtime));
        return content;
    }

    @Test
    void tellsSizesAndDays() throws IOException {
        Instant old = Instant.parse("2016-09-10T04:34:19Z");
        for (String id : NAMES) {
            put(id, id.length(), old);
        }
        put("new", 5, Instant.now().minusSeconds(5));
        Map<String, Archive.Status> answers = archive.status(NAMES);
        for (String id : NAMES) {
            assertThat(answers.get(id)).isEqualTo(new Found(id.length(), 1_473_465_600, Medium.DISK));
        }
        assertThat(archive.status("new").mtime() % 86_400).isZero();
        assertThat(archive.status("new").mtime())
                .isBetween(
                        Instant.now().getEpochSecond() - 2 * 86_400,
                        Instant.now().getEpochSecond());
    }

    @Test
    void saysWhatIsMissingAndWhatIsNoFile() throws IOException {
        put("d/a", 5, Instant.EPOCH);
        assertThatThrownBy(() -> archive.status("b")).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> archive.status("*")).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> archive.pull("b", 0, 5)).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> archive.status("d")).isInstanceOf(ArchiveException.Refused.class);
        assertThat(archive.stage(List.of("d/a")).failed()).isEmpty();
    }

    @Test
    void pullsFromAnyByteOn() throws IOException {
        byte[] content = put("run 1/*", 3_000_000, Instant.EPOCH);
        for (int from : new int[] {0, 2_000_001}) {
            try (InputStream bytes = archive.pull("run 1/*", from, content.length)) {
                assertThat(bytes.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, from, content.length));
            }
        }
    }

    @Test
    void aHostThatIsAwayIsUnreachable() throws IOException {
        put("a", 5, Instant.EPOCH);
        server.stop(true);
        assertThatThrownBy(() -> archive.status("a"))
                .isInstanceOf(ArchiveException.Unreachable.class)
                .hasMessageStartingWith("the archive's program says that the archive is away: ");
    }
}
