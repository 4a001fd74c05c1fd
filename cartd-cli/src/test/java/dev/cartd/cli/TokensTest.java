package dev.cartd.cli;

import dev.cartd.Cartd;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.server.CartdServer;
import dev.cartd.server.NewToken;
import dev.cartd.server.ServerConfig;
import dev.cartd.store.Database;
import dev.cartd.store.DatabaseConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The command that makes tokens, and how {@code cartd get} sends one. */
class TokensTest {
    private static final String UID = "my_cart";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private Program run(String... words) {
        environment.put("HOME", directory.toString());
        return Program.here(environment, words);
    }

    @Test
    void makesATokenAndItsLine() {
        Program made = run("token", "alice");
        assertThat(made.exit()).isZero();
        assertThat(made.out())
                .matches("token, shown only now:  cartd_[A-Za-z0-9_-]{43}\\R"
                        + "line for the file:      alice sha256:[0-9a-f]{64}\\R");
        assertThat(run("token", "bob-2", "--json").out())
                .matches("\\{\"name\":\"bob-2\",\"token\":\"cartd_[A-Za-z0-9_-]{43}\","
                        + "\"line\":\"bob-2 sha256:[0-9a-f]{64}\"}\\R");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "é", "-a", "a:b", "a\nb"})
    void aNameThatCannotBeIsWrongUsage(String name) {
        Program made = run("token", "--", name);
        assertThat(made.exit()).isEqualTo(2);
        assertThat(made.out()).isEmpty();
        assertThat(made.err().lines()).singleElement().asString().contains("the name of a token must be 1 to 64");
    }

    @Test
    void getSendsTheTokenOfTheFileOrTheEnvironment() throws IOException {
        NewToken alice = NewToken.of("alice");
        Path tokens = Files.writeString(directory.resolve("tokens"), alice.line());
        Path secret = Files.writeString(directory.resolve("secret"), alice.text() + "\n");
        ScriptedArchive archive = new ScriptedArchive();
        try (Cartd cartd = Quick.builder(archive, directory.resolve("volume")).start();
                CartdServer server = CartdServer.start(
                        cartd,
                        ServerConfig.DEFAULT
                                .withPort(0)
                                .withClientTokens(tokens)
                                .withStopTimeout(Duration.ofMillis(1)))) {
            cartd.submit(archive.request(UID, false, 1000, 2000));
            String url = "http://127.0.0.1:" + server.port() + "/" + UID;

            Program refused = run("get", url, directory.resolve("none").toString());
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("the server refuses: it answers 401: A token is needed");

            Program byFile = run("get", "--token-file", secret.toString(), url, target("file"));
            assertThat(byFile.exit()).as(byFile.err()).isZero();
            environment.put("CARTD_TOKEN", alice.text());
            Program byVariable = run("get", url, target("variable"));
            assertThat(byVariable.exit()).as(byVariable.err()).isZero();
            Program tar = run("get", "--tar", target("my.tar"), url);
            assertThat(tar.exit()).as(tar.err()).isZero();

            Program byPassword = run("get", url.replace("//", "//name:word@"), target("password"));
            assertThat(byPassword.exit()).as("what the link says wins").isEqualTo(1);
            for (Program ended : new Program[] {refused, byFile, byVariable, tar, byPassword}) {
                assertThat(ended.out() + ended.err()).doesNotContain(alice.text(), "word@");
            }
        }
    }

    @Test
    void makesAndEndsLinksThatAServerKnows() throws IOException {
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"));
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        assertThat(run("dbsync").exit()).isZero();
        NewToken alice = NewToken.of("alice");
        Path tokens = Files.writeString(directory.resolve("tokens"), alice.line());
        ScriptedArchive archive = new ScriptedArchive();
        try (Database database = Database.open(
                        DatabaseConfig.of("sqlite:///" + directory.resolve("db.sqlite3")), InstantSource.system());
                Cartd cartd = Quick.builder(archive, directory.resolve("volume"))
                        .store(database.store())
                        .start();
                CartdServer server = CartdServer.start(
                        cartd,
                        ServerConfig.DEFAULT
                                .withPort(0)
                                .withClientTokens(tokens)
                                .withOwnersOnly(true)
                                .withStopTimeout(Duration.ofMillis(1)))) {
            server.owners(database.owners());
            cartd.submit(archive.request(UID, false, 1000, 2000));
            String url = "http://127.0.0.1:" + server.port();
            Program made = run("link", UID, "--for", "2h", "--server", url + "/");
            assertThat(made.exit()).as(made.err()).isZero();
            String page = made.out().lines().findFirst().orElseThrow().replaceFirst("page: +", "");
            assertThat(page).startsWith(url + "/-/carts/my_cart/?link=");
            Program got = run("get", page, target("by-link"));
            assertThat(got.exit()).as(got.err()).isZero();
            assertThat(got.out() + got.err()).doesNotContain("link=");
            assertThat(run("link", UID, "--json").out())
                    .containsPattern("\"tar\":\"/my_cart[?]link=[0-9]+[.][A-Za-z0-9_-]{43}\"");

            assertThat(run("link", UID, "--end").exit()).isZero();
            assertThat(run("get", page, target("ended")).err()).contains("it answers 401: The link has ended");
            assertThat(run("link", UID, "--end").exit()).isEqualTo(1);
            assertThat(run("link", "none").err()).contains("No cart with uid none found");
            assertThat(run("link", UID, "--for", "0").exit()).isEqualTo(2);
        }
    }

    private String target(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void whatIsNoTokenIsNotSentAndNotShown() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "two words");
        Program byFile = run("get", "--token-file", file.toString(), "http://127.0.0.1:1/x", target("x"));
        assertThat(byFile.exit()).isEqualTo(1);
        assertThat(byFile.err()).contains(file + " has no token").doesNotContain("two words");
        environment.put("CARTD_TOKEN", "new\nline");
        Program byVariable = run("get", "http://127.0.0.1:1/x", target("x"));
        assertThat(byVariable.err()).contains("CARTD_TOKEN has no token").doesNotContain("new");
        assertThat(run("get", "--token-file", target("missing"), "http://127.0.0.1:1/x", target("x"))
                        .err())
                .contains("cannot read the token: no such file");
        Program both = run("get", "--token-file", file.toString(), "http://a:b@127.0.0.1:1/x", target("x"));
        assertThat(both.exit()).isEqualTo(2);
    }
}
