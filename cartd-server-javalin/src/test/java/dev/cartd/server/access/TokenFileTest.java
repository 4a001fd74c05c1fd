package dev.cartd.server.access;

import dev.cartd.HostileInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenFileTest {
    private final String alice = Token.random();
    private final String bob = Token.random();
    private long now = -1;
    private Path path;

    @BeforeEach
    void name(@TempDir Path directory) {
        path = directory.resolve("tokens");
    }

    private TokenFile file() {
        return new TokenFile("clients", path, () -> now);
    }

    private static Optional<String> name(TokenFile file, String text) {
        return file.name(Token.hash(text));
    }

    private void later() {
        now += Duration.ofSeconds(1).toNanos();
    }

    @Test
    void tokensAreLongAndDifferent() {
        assertThat(alice).matches("cartd_[A-Za-z0-9_-]{43}").isNotEqualTo(bob);
        assertThat(Token.line("alice", alice))
                .matches("alice sha256:[0-9a-f]{64}")
                .doesNotContain(alice);
    }

    @Test
    void takesTheLinesThatAreTokens() throws IOException {
        Files.writeString(
                path,
                "# Clients, é\r\n\r\n" + Token.line("alice", alice) + "\r\n  "
                        + Token.line("b.o_b@example-1", bob).replace(" ", " \t ") + "  ");
        TokenFile file = file();
        assertThat(name(file, alice)).contains("alice");
        assertThat(name(file, bob)).contains("b.o_b@example-1");
        assertThat(name(file, Token.random())).isEmpty();
        assertThat(name(file, "")).isEmpty();
    }

    @Test
    void aWrongLineLetsNobodyInAndTheOthersStillCount() throws IOException {
        Files.writeString(
                path,
                "sha256:00\nalice " + alice + "\n" + Token.line("carol", "x").substring(0, 40) + "\n"
                        + Token.line("bob", bob));
        TokenFile file = file();
        assertThat(name(file, alice)).isEmpty();
        assertThat(name(file, bob)).contains("bob");
        for (String line : List.of(
                "alice",
                "alice md5:00",
                "alice " + alice,
                Token.line("al ice", alice),
                Token.line("-a", alice),
                Token.line("é", alice),
                Token.line("a".repeat(65), alice),
                Token.line("a", alice) + "0",
                Token.line("a", alice) + " more")) {
            assertThatThrownBy(() -> Token.parse(line))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain(alice)
                    .contains(" ");
        }
    }

    @Test
    void isReadAgainWhenItChanges() throws IOException {
        Files.writeString(path, Token.line("alice", alice));
        TokenFile file = file();
        Files.writeString(path, Token.line("alice", bob));
        assertThat(name(file, alice)).as("within a second").contains("alice");
        later();
        assertThat(name(file, alice)).isEmpty();
        assertThat(name(file, bob)).contains("alice");
        Files.writeString(path, "");
        later();
        assertThat(name(file, bob)).isEmpty();
    }

    @Test
    void whileItCannotBeReadItLetsNobodyIn() throws IOException {
        TokenFile file = file();
        assertThat(name(file, alice)).isEmpty();
        Files.writeString(path, Token.line("alice", alice));
        later();
        assertThat(name(file, alice)).contains("alice");
        Files.delete(path);
        later();
        assertThat(name(file, alice)).isEmpty();
        Files.createDirectory(path);
        later();
        assertThat(name(file, alice)).isEmpty();
        Files.delete(path);
        Files.writeString(path, Token.line("alice", alice) + "\n".repeat(1 << 20));
        later();
        assertThat(name(file, alice)).as("too long").isEmpty();
    }

    @Test
    void takesAnyBytes() throws IOException {
        List<String> examples =
                List.of(Token.line("alice", alice) + "\n# x\n", "a sha256:" + "0".repeat(64) + "\r\nb sha256:");
        HostileInputs.fewBytes(examples, bytes -> {
            Files.write(path, bytes);
            assertThat(name(file(), bob)).isEmpty();
        });
    }
}
