package dev.cartd.cli;

import dev.cartd.server.NewToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private String out = "";
    private String err = "";

    @BeforeEach
    void makeAllThatAServerNeeds() throws IOException {
        Files.createDirectory(directory.resolve("volume"));
        Files.createDirectories(directory.resolve("archive/2026"));
        environment.put("HOME", directory.toString());
        environment.put("PEEWEE_URL", "sqlite:///" + directory.resolve("db.sqlite3"));
        environment.put("VOLUME_PATH", directory.resolve("volume").toString());
        environment.put(
                "ARCHIVE_INTERFACE_URL", directory.resolve("archive").toUri().toString());
        assertThat(run("dbsync")).isZero();
    }

    private int run(String... arguments) {
        Program program = Program.here(environment, Duration.ZERO, arguments);
        out = program.out();
        err = program.err();
        return program.exit();
    }

    @Test
    void findsNothingWhereAServerCanWork() {
        assertThat(run("doctor")).as(out).isZero();
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("ok    settings    "))
                .anyMatch(line -> line.startsWith("ok    database    ") && line.endsWith("db.sqlite3: 0 carts"))
                .anyMatch(line -> line.equals("ok    mark        the volume is the one of this database"))
                .anyMatch(line -> line.startsWith("ok    archive     file:///"))
                .noneMatch(line -> line.startsWith("bad"));
        assertThat(err).isEmpty();
        assertThat(directory.resolve("volume")).isDirectoryNotContaining("glob:**.cartd-doctor*");
    }

    @Test
    void looksAtEachArchive() throws IOException {
        Path config =
                Files.writeString(directory.resolve("config.ini"), "[archive tape2]\nurl = http://127.0.0.1:1/\n");
        assertThat(run("-c", config.toString(), "doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("ok    archive     file:///"))
                .anyMatch(line -> line.startsWith("bad   archive tape2  http://127.0.0.1:1/ cannot be reached (")
                        && line.endsWith(": start it, or correct [archive tape2] url"));
    }

    private void configure(String... lines) throws IOException {
        environment.put(
                "CARTD_CONFIG",
                Files.writeString(directory.resolve("config.ini"), String.join("\n", lines) + "\n")
                        .toString());
    }

    private Path file(String name, String rights, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }

    private void assertFound(String... findings) {
        List<String> found = out.lines()
                .map(line -> line.replaceAll("  +", " ").replace(directory.toString(), "DIR"))
                .toList();
        assertThat(found).contains(findings);
    }

    @Test
    void looksAtTheFilesOfTokens() throws IOException {
        NewToken alice = NewToken.of("alice");
        NewToken mallory = NewToken.of("mallory");
        file("clients", "rw-rw-r--", "# clients\n" + alice.line() + "\nmallory " + mallory.text() + "\n");
        configure("[access]", "client_tokens = " + directory + "/clients", "admin_tokens = " + directory + "/admins");
        assertThat(run("doctor")).isEqualTo(1);
        assertFound(
                "ok tokens DIR/clients has 1",
                "warn tokens [access] client_tokens: DIR/clients, line 3 lets nobody in: it has a token where the hash"
                        + " belongs: make a new one, as cartd token NAME does",
                "warn tokens DIR/clients can be changed by its group, who so decide who is let in: chmod go-w",
                "bad tokens [access] admin_tokens: no such file or directory: DIR/admins, so none of its tokens lets"
                        + " anybody in: correct the setting, or let the user of cartd read the file");
        assertThat(out).doesNotContain(mallory.text(), alice.line());
        file("clients", "rw-r-----", alice.line());
        file("admins", "rw-r-----", "# nobody yet\n");
        assertThat(run("doctor")).as(out).isZero();
        assertFound(
                "ok tokens DIR/clients has 1",
                "warn tokens [access] admin_tokens: DIR/admins has no token: cartd token NAME makes one");
    }

    /** Makes a certificate that is valid for so many days, from so many days ago, and its key. */
    private void certify(int days, int since) throws Exception {
        Path store = directory.resolve("store-" + days);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "x",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-startdate",
                        "-" + since + "d",
                        "-validity",
                        Integer.toString(days),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "not secret",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        char[] password = "not secret".toCharArray();
        KeyStore keys = KeyStore.getInstance(store.toFile(), password);
        file(
                "chain.pem",
                "rw-r--r--",
                pem("CERTIFICATE", keys.getCertificate("x").getEncoded()));
        file(
                "key.pem",
                "rw-r-----",
                pem("PRIVATE KEY", keys.getKey("x", password).getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }

    @Test
    void looksAtTheCertificate() throws Exception {
        configure("[access]", "tls_certificate = " + directory + "/chain.pem", "tls_key = " + directory + "/key.pem");
        assertThat(run("doctor")).isEqualTo(1);
        assertFound("bad tls no such file or directory: DIR/chain.pem: the server does not start so; correct the file,"
                + " or who may read it");
        certify(100, 1);
        assertThat(run("doctor")).as(out).isZero();
        assertThat(out.lines()).anyMatch(line -> line.matches("ok +tls +.*chain.pem is valid until .*"));
        certify(10, 1);
        file("key.pem", "rw-r--r--", Files.readString(directory.resolve("key.pem")));
        assertThat(run("doctor")).as(out).isZero();
        assertThat(out.lines())
                .anyMatch(line -> line.matches(
                        "warn +tls +.*chain.pem ends at .*: renew it; the server reads it again" + " by itself"));
        assertFound("warn tls DIR/key.pem is a secret that can be read by everybody: chmod o-r");
        certify(3, 5);
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.matches("bad +tls +.*chain.pem ended at .*: renew it, clients refuse it"));
        file("key.pem", "rw-r-----", "-----BEGIN EC PRIVATE KEY-----\ns3cret\n");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out).contains("it has no unencrypted key in PKCS #8").doesNotContain("s3cret");
    }

    @Test
    void looksAtTheSettingsOfNotices() throws IOException {
        file("key", "rw-r--r--", "whsec_c2hvcnQ");
        configure(
                "[notify]",
                "url = http://127.0.0.1:9/s3cret",
                "secret_file = " + directory + "/key",
                "command = " + directory + "/notify");
        assertThat(run("doctor")).isEqualTo(1);
        assertFound(
                "bad notices [notify] secret_file: DIR/key: it has no key of 24 to 64 bytes in the form whsec_BASE64:"
                        + " echo whsec_$(openssl rand -base64 32) makes one",
                "warn notices DIR/key is a secret that can be read by everybody: chmod o-r",
                "bad notices [notify] command: DIR/notify is not there: install the program, or correct the setting",
                "bad notices [notify] url: 127.0.0.1 is 127.0.0.1, which is no public address: [notify] allow_networks"
                        + " can allow its network");
        assertThat(out).doesNotContain("s3cret", "c2hvcnQ");
        file("key", "rw-r-----", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        file("notify", "rwxr-xr-x", "#!/bin/sh\n");
        configure(
                "[notify]",
                "url = http://127.0.0.1:9/s3cret",
                "allow_networks = 127.0.0.1",
                "secret_file = " + directory + "/key",
                "command = " + directory + "/notify");
        assertThat(run("doctor")).as(out).isZero();
        assertFound(
                "ok notices the key in DIR/key can be read",
                "ok notices [notify] command: DIR/notify is there",
                "ok notices [notify] url: 127.0.0.1 may be told");
    }

    @Test
    void saysThatNoticesWereGivenUp() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db.sqlite3"));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into cartnotice (id, receiver, host, event, cart_id, cart_uid, reason, files,"
                            + " happened_at, tries, failure) values ('n1', 'url', 'url', 'ready', 1, 'x', '', 1, 0, 150, 'no')");
        }
        assertThat(run("doctor")).as(out).isZero();
        assertFound("warn notices some were given up: cartd notices says why, cartd notices --retry sends them again");
        assertThat(run("notices")).isZero();
        assertThat(out)
                .startsWith("n1 cart 1 (x) is ready since ".replace("n1 ", "n1  "))
                .contains(", to url, given up after 150 tries: no");
        assertThat(run("notices", "--json")).isZero();
        assertThat(out)
                .startsWith("{\"notices\":[{\"id\":\"n1\",\"event\":\"ready\",\"cart\":1,\"uid\":\"x\",")
                .contains("\"next\":null");
        assertThat(run("notices", "n1")).isEqualTo(2);
        assertThat(run("notices", "--retry", "other")).isEqualTo(1);
        assertThat(out).contains("0 notices are sent again");
        assertThat(run("notices", "--retry", "n1")).isZero();
        assertThat(out).contains("1 notice is sent again");
        assertThat(run("notices")).isZero();
        assertThat(out).contains(", due now after 0 tries");
    }

    @Test
    void saysWhichThingIsWrongAndWhatToDo() throws IOException {
        environment.put("ARCHIVE_INTERFACE_URL", "http://127.0.0.1:1/");
        Files.delete(directory.resolve("volume/.cartd-volume"));
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("bad   archive     http://127.0.0.1:1/ cannot be reached ("))
                .anyMatch(line -> line.startsWith("bad   mark        ") && line.contains("it has no mark; mount it"));
    }

    @Test
    void looksOnThoughSomethingIsGone() throws IOException {
        environment.put("VOLUME_PATH", directory.resolve("gone").toString());
        Files.delete(directory.resolve("db.sqlite3"));
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.lines())
                .anyMatch(line -> line.startsWith("bad   volume      ") && line.contains("gone is not a directory"))
                .anyMatch(line -> line.startsWith("warn  database    ") && line.contains("run cartd dbsync"))
                .anyMatch(line -> line.startsWith("ok    archive"));
        assertThat(directory.resolve("db.sqlite3")).doesNotExist();
        assertThat(directory.resolve("gone")).doesNotExist();
    }

    @Test
    void showsNothingThatSteersATerminal() {
        environment.put("VOLUME_PATH", directory.resolve("gone\u001b[2J\u202e").toString());
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out)
                .contains("gone?[2J? is not a directory")
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
    }

    @Test
    void seesClocksThatDiffer() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db.sqlite3"));
                Statement statement = connection.createStatement()) {
            statement.execute("insert into cart (id, cart_uid, bundle_path, creation_date, updated_date, status, error)"
                    + " values (1, 'x', '', '2026-01-01 00:00:00', '2099-01-01 00:00:00', 'error', 'no')");
        }
        assertThat(run("doctor", "--json")).isEqualTo(1);
        assertThat(out)
                .startsWith("{\"good\":false,\"findings\":[{\"state\":\"ok\",\"about\":\"settings\",")
                .contains("{\"state\":\"bad\",\"about\":\"clock\",\"text\":\"a cart was used at 2099-01-01")
                .contains("\"about\":\"carts\",\"text\":\"1 carts have failed");
    }
}
