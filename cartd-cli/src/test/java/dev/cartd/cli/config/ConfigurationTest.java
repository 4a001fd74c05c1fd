package dev.cartd.cli.config;

import dev.cartd.archive.ArchiveSettings;
import dev.cartd.archive.Archives;
import dev.cartd.server.ServerConfig;
import dev.cartd.store.DatabaseConfig;
import dev.cartd.store.EngineConfig;
import dev.cartd.system.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigurationTest {
    private static final String ALL_SET = """
            [cartd]
            volume_path = /srv/cartd
            lru_buffer_time = 90
            lru_purge = no
            bundle_task = yes
            transfer_size = 64 KB
            max_request_size = 1 Mb
            max_files = 10
            max_downloads = 20
            idle_timeout = 2 minutes
            volume_size = 1.5 TB
            keep_free = 10 GB
            high_water = 90
            low_water = 80
            space_wait = 2 hours
            share_files = off
            keep_max = 7d
            keep_deleted = 1 day
            contact = data-help@example.org
            [archiveinterface]
            url = https://archive.example:8443/files
            max_requests = 3
            timeout = 5
            patience = 1 hour
            tape_patience = 3 days
            retries = 9
            command_batch = 50
            s3_endpoint = https://s3.example:9000/
            s3_region = eu-west-1
            s3_path_style = on
            restore_days = 7
            restore_tier = Bulk
            credentials_file = /etc/cartd/keys
            tape_endpoint = https://tape.example:8443/api/v1
            tape_batch = 100
            token_file = /etc/cartd/token
            trusted_hosts = pool1.example, 10.0.0.7
            [database]
            peewee_url = sqlite:////srv/50%%25.db
            debug_logging = True
            connect_attempts = 2
            connect_wait = 1.5
            busy_timeout = 7 s
            [engine]
            heartbeat = 0.5 s
            parallel_carts = 5
            [log]
            json = yes
            access_file = /var/log/access
            audit_file = /var/log/audit
            [access]
            client_tokens = /etc/cartd/clients
            admin_tokens = /etc/cartd/admins
            cart_access = owner
            link_max = 7d
            tls_certificate = /etc/cartd/chain.pem
            tls_key = /etc/cartd/key.pem
            trusted_proxies = 192.0.2.7, fd00::/8
            local_admin = on
            [notify]
            url = https://hooks.example/cartd?a=b
            allow_hosts = Hooks.example ci.example:8443
            allow_networks = 10.0.0.0/8
            secret_file = /etc/cartd/notify-key
            command = /etc/cartd/notify
            """;

    @Test
    void hasTheDefaultsOfTheContract() {
        Configuration configuration = of("", Map.of());
        assertThat(configuration.carts())
                .isEqualTo(new Configuration.Carts(
                        Path.of("/tmp"),
                        false,
                        4 << 20,
                        true,
                        256_000_000,
                        1_000_000,
                        1000,
                        Duration.ofDays(30),
                        Duration.ofSeconds(60),
                        Duration.ZERO,
                        ""));
        assertThat(configuration.archive())
                .isEqualTo(new Configuration.ArchiveAccess(
                        URI.create("http://127.0.0.1:8080/"),
                        8,
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(30),
                        Duration.ofDays(2),
                        5,
                        1000,
                        new Configuration.S3Access(
                                Optional.empty(), "us-east-1", false, 2, "Standard", Optional.empty()),
                        new Configuration.TapeAccess(Optional.empty(), 500, 2, Optional.empty(), Set.of())));
        assertThat(configuration.database())
                .isEqualTo(new DatabaseConfig(
                        "sqliteext:///db.sqlite3",
                        false,
                        10,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60),
                        Set.of()));
        assertThat(configuration.engine()).isEqualTo(new EngineConfig(64, Duration.ofSeconds(3)));
        assertThat(configuration.log()).isEqualTo(new Configuration.Log(false, Optional.empty(), Optional.empty()));
        assertThat(configuration.access())
                .isEqualTo(new Configuration.Access(
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Duration.ofDays(30),
                        Optional.empty(),
                        Optional.empty(),
                        false));
        assertThat(configuration.remarks()).isEmpty();
    }

    @Test
    void takesEveryKeyFromTheFile() {
        Configuration configuration = of(ALL_SET, Map.of("VOLUME_PATH", "/not/this"));
        assertThat(configuration.carts())
                .isEqualTo(new Configuration.Carts(
                        Path.of("/srv/cartd"),
                        true,
                        64_000,
                        false,
                        1 << 20,
                        10,
                        20,
                        Duration.ofDays(1),
                        Duration.ofMinutes(2),
                        Duration.ofDays(7),
                        "data-help@example.org"));
        assertThat(configuration.archive())
                .isEqualTo(new Configuration.ArchiveAccess(
                        URI.create("https://archive.example:8443/files/"),
                        3,
                        Duration.ofSeconds(5),
                        Duration.ofHours(1),
                        Duration.ofDays(3),
                        9,
                        50,
                        new Configuration.S3Access(
                                Optional.of(URI.create("https://s3.example:9000/")),
                                "eu-west-1",
                                true,
                                7,
                                "Bulk",
                                Optional.of(Path.of("/etc/cartd/keys"))),
                        new Configuration.TapeAccess(
                                Optional.of(URI.create("https://tape.example:8443/api/v1")),
                                100,
                                7,
                                Optional.of(Path.of("/etc/cartd/token")),
                                Set.of("pool1.example", "10.0.0.7"))));
        assertThat(configuration.database())
                .isEqualTo(new DatabaseConfig(
                        "sqlite:////srv/50%25.db",
                        true, 2, Duration.ofMillis(1500), Duration.ofSeconds(7), Set.of("url", "command")));
        assertThat(configuration.engine()).isEqualTo(new EngineConfig(5, Duration.ofMillis(500)));
        assertThat(configuration.log())
                .isEqualTo(new Configuration.Log(
                        true, Optional.of(Path.of("/var/log/access")), Optional.of(Path.of("/var/log/audit"))));
        assertThat(configuration.access())
                .isEqualTo(new Configuration.Access(
                        Optional.of(Path.of("/etc/cartd/clients")),
                        Optional.of(Path.of("/etc/cartd/admins")),
                        true,
                        Duration.ofDays(7),
                        Optional.of(new ServerConfig.TlsFiles(
                                Path.of("/etc/cartd/chain.pem"), Path.of("/etc/cartd/key.pem"))),
                        Optional.of(List.of(Network.of("192.0.2.7"), Network.of("fd00::/8"))),
                        true));
        assertThat(configuration.remarks()).isEmpty();
    }

    @Test
    void aCertificateNeedsItsKey() {
        for (String one : new String[] {"tls_key", "tls_certificate"}) {
            assertThatThrownBy(() -> of("[access]\n" + one + " = /x\n", Map.of()))
                    .hasMessage("[access] tls_certificate and [access] tls_key belong together: one is missing");
        }
    }

    @Test
    void noticesHaveASettingEach() {
        assertThat(of(ALL_SET, Map.of()).notices())
                .isEqualTo(new Configuration.Notify(
                        Optional.of(URI.create("https://hooks.example/cartd?a=b")),
                        Set.of("hooks.example", "ci.example:8443"),
                        List.of(Network.of("10.0.0.0/8")),
                        Optional.of(Path.of("/etc/cartd/notify-key")),
                        Optional.of(Path.of("/etc/cartd/notify"))));
        assertThat(of("", Map.of()).notices().isOn()).isFalse();
        for (String posts : new String[] {"url = http://hooks.example/", "allow_hosts = hooks.example"}) {
            assertThatThrownBy(() -> of("[notify]\n" + posts + "\n", Map.of()))
                    .hasMessage("[notify] secret_file is missing: [notify] url and [notify] allow_hosts need a key that"
                            + " signs notices");
        }
        for (String wrong : new String[] {
            "hooks.example",
            "ftp://hooks.example/",
            "https://u:p@hooks.example/",
            "http://hooks.example:70000/",
            "http://hooks.example:0/"
        }) {
            assertThatThrownBy(() -> of("[notify]\nurl = " + wrong + "\n", Map.of()))
                    .hasMessageContaining("cannot be: allowed is none or https://host/path or http://host/path");
        }
    }

    @Test
    void proxiesAreNetworksAndNoNames() {
        assertThat(of("[access]\ntrusted_proxies = none\n", Map.of()).access().trustedProxies())
                .contains(List.of());
        assertThat(of("[access]\ntrusted_proxies =\n", Map.of()).access().trustedProxies())
                .isEmpty();
        for (String wrong : new String[] {"proxy.example.org", "10.0.0.0/33", "any"}) {
            assertThatThrownBy(() -> of("[access]\ntrusted_proxies = " + wrong + "\n", Map.of()))
                    .hasMessageEndingWith("cannot be: allowed is none or addresses and networks such as 192.0.2.7,"
                            + " 10.0.0.0/8 or fd00::/8, separated by spaces");
        }
    }

    @Test
    void ownersNeedTokens() {
        assertThatThrownBy(() -> of("[access]\ncart_access = owner\n", Map.of()))
                .hasMessage("[access] cart_access = owner cannot be without [access] client_tokens: clients are told"
                        + " apart by their tokens");
        assertThatThrownBy(() -> of("[access]\ncart_access = all\n", Map.of()))
                .hasMessageEndingWith("cannot be: allowed is uid or owner");
    }

    @Test
    void setsEveryKeyThereIs() {
        IniFile file = IniFile.parse("x", ALL_SET);
        assertThat(Key.ALL)
                .filteredOn(key -> !Key.IGNORED.contains(key))
                .allMatch(key -> file.keys(key.section()).contains(key.name()));
    }

    @Test
    void readsTheFormsOfKeysWithoutEffectToo() {
        ConfigSources sources = sources(ALL_SET, Map.of());
        assertThat(sources.get(Key.VOLUME_SIZE)).contains(1_500_000_000_000L);
        assertThat(sources.get(Key.KEEP_FREE)).isEqualTo(10_000_000_000L);
        assertThat(sources.get(Key.HIGH_WATER)).contains(90);
        assertThat(sources.get(Key.LOW_WATER)).contains(80);
        assertThat(sources.get(Key.LRU_PURGE)).isFalse();
        assertThat(sources.get(Key.LRU_BUFFER_TIME)).isEqualTo(Duration.ofSeconds(90));
        assertThat(sources.get(Key.KEEP_MAX)).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void takesTheEnvironmentWhereTheFileIsSilent() {
        Configuration configuration = of(
                "[cartd]\nvolume_path = /file\n",
                Map.of(
                        "VOLUME_PATH", "/environment",
                        "BUNDLE_TASK", "on",
                        "TRANSFER_SIZE", "8 Kb",
                        "ARCHIVE_INTERFACE_URL", "file:///mnt/archive",
                        "PEEWEE_URL", "sqlite:///50%%25%2F.db",
                        "DATABASE_CONNECT_ATTEMPTS", "3",
                        "DATABASE_CONNECT_WAIT", ""));
        assertThat(configuration.carts().volume()).isEqualTo(Path.of("/file"));
        assertThat(configuration.carts().bundle()).isTrue();
        assertThat(configuration.carts().buffer()).isEqualTo(8 << 10);
        assertThat(configuration.archive().url()).isEqualTo(URI.create("file:///mnt/archive/"));
        assertThat(configuration.database().url()).isEqualTo("sqlite:///50%25%2F.db");
        assertThat(configuration.database().connectAttempts()).isEqualTo(3);
        assertThat(configuration.database().connectWait()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void takesDefaultSectionForEverySection() {
        assertThat(of("[DEFAULT]\nretries = 7\nmine = 1\n", Map.of()).archive().retries())
                .isEqualTo(7);
    }

    @Test
    void eachArchiveHasASectionOfItsOwn() {
        Configuration configuration =
                of("""
                [archiveinterface]
                retries = 7
                [archive tape2]
                url = file:///mnt/tape
                max_requests = 3
                other = 1
                [archive B_-]
                url = http://host
                """, Map.of("ARCHIVE_INTERFACE_URL", "file:///mnt/archive", "AWS_REGION", "eu-west-1"));
        assertThat(configuration.archives()).containsOnlyKeys("tape2", "B_-");
        Configuration.ArchiveAccess tape =
                Objects.requireNonNull(configuration.archives().get("tape2"));
        assertThat(tape.url()).isEqualTo(URI.create("file:///mnt/tape/"));
        assertThat(tape.maxRequests()).isEqualTo(3);
        assertThat(tape.retries()).isEqualTo(5);
        assertThat(tape.s3().region()).isEqualTo("us-east-1");
        assertThat(configuration.archive().retries()).isEqualTo(7);
        assertThat(configuration.archiveOf("tape2:a:b")).isEqualTo("tape2");
        assertThat(configuration.archiveOf("tape:a")).isEmpty();
        assertThat(configuration.archiveOf("tape2")).isEmpty();
        assertThat(configuration.remarks()).singleElement().asString().contains("[archive tape2] other");
    }

    @ParameterizedTest
    @CsvSource({
        "a, max_requests = 3, [archive a] url is missing",
        "a b, url = http://host, the name of an archive has 1 to 40 letters",
        "archiveinterface, url = http://host, is not archiveinterface",
        "a, url = ftp://host, [archive a] url = ftp://host"
    })
    void refusesAnArchiveThatCannotBe(String name, String line, String says) {
        assertThatThrownBy(() -> of("[archive " + name + "]\n" + line + "\n", Map.of()))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining(says);
    }

    @Test
    void keepsTheBufferWithinReason() {
        assertThat(of("", Map.of("TRANSFER_SIZE", "1")).carts().buffer()).isEqualTo(4 << 10);
        assertThat(of("", Map.of("TRANSFER_SIZE", "1 Gb")).carts().buffer()).isEqualTo(16 << 20);
    }

    @Test
    void namesWhatHasNoEffect() {
        String text = "[cartd]\nvolume_paht = /x\n[nope]\na = b\n[celery]\nbroker_url = amqp://u:p@h\n";
        Configuration configuration = of(text, Map.of("BACKEND_URL", "redis://h"));
        assertThat(configuration.remarks())
                .containsExactly(
                        "config.ini: [cartd] volume_paht is not a key that cartd knows",
                        "config.ini: [nope] a is not a key that cartd knows");
        assertThat(configuration.ignored())
                .containsExactly(
                        "[celery] broker_url is ignored: cartd needs no broker",
                        "[celery] backend_url is ignored: cartd needs no broker");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "cartd            | volume_path      | ''                  | path",
                "cartd            | lru_buffer_time  | -1                  | 30 minutes",
                "cartd            | lru_purge        | maybe               | yes",
                "cartd            | bundle_task      | 2                   | 1, yes, true, on or 0, no, false, off",
                "cartd            | transfer_size    | 4 Mx                | 4 Mb",
                "cartd            | transfer_size    | 2 Gb                | from 1 to 1073741824 bytes",
                "cartd            | max_request_size | 0                   | from 1",
                "cartd            | max_files        | 1e6                 | a whole number from 1",
                "cartd            | max_files        | 0                   | a whole number from 1",
                "cartd            | max_downloads    | 99999999999999999999| a whole number",
                "cartd            | idle_timeout     | 0                   | at least 1 s",
                "cartd            | volume_size      | big                 | none or a size",
                "cartd            | keep_free        | 10 %%               | a size",
                "cartd            | high_water       | 101                 | from 1 to 100",
                "cartd            | low_water        | 0                   | from 1 to 100",
                "cartd            | low_water        | 50                  | less than [cartd] high_water, which is none",
                "cartd            | space_wait       | 1 fortnight         | 30 minutes",
                "cartd            | share_files      | ''                  | yes",
                "cartd            | keep_max         | 999999999999 weeks  | 2 days",
                "cartd            | keep_deleted     | thirty days         | 2 days",
                "archiveinterface | url              | ftp://h/            | file:///directory",
                "archiveinterface | url              | http://h/?a=b       | without query",
                "archiveinterface | url              | http:///nohost      | http://host",
                "archiveinterface | url              | file://host/dir     | file:///directory",
                "archiveinterface | url              | command://host/dir  | command:///program",
                "archiveinterface | url              | http://h h/         | http://host",
                "archiveinterface | url              | http://h:99999/     | http://host",
                "archiveinterface | url              | http://h:x/         | http://host",
                "archiveinterface | url              | http://[::1         | http://host",
                "archiveinterface | url              | archive:8080        | http://host",
                "archiveinterface | max_requests     | 0                   | from 1 to 1000",
                "archiveinterface | timeout          | 0                   | at least 0.1 s",
                "archiveinterface | patience         | soon                | 30 minutes",
                "archiveinterface | tape_patience    | -5                  | 30 minutes",
                "archiveinterface | retries          | 0                   | from 1",
                "archiveinterface | command_batch    | 0                   | from 1 to 10000",
                "archiveinterface | s3_endpoint      | ftp://h/            | none or http://host:port/",
                "archiveinterface | s3_endpoint      | https://u:pw@h/     | none or http://host:port/",
                "archiveinterface | s3_endpoint      | //host:9000/        | none or http://host:port/",
                "archiveinterface | s3_region        | a b                 | a word",
                "archiveinterface | s3_path_style    | maybe               | yes",
                "archiveinterface | restore_days     | 0                   | from 1",
                "archiveinterface | restore_tier     | <x>                 | a word",
                "archiveinterface | credentials_file | ''                  | path",
                "database         | debug_logging    | 3                   | true",
                "database         | connect_attempts | 0                   | from 1",
                "database         | connect_wait     | x                   | 60 s",
                "database         | busy_timeout     | 0                   | from 0.1 s to 86400 s",
                "database         | busy_timeout     | 2 days              | from 0.1 s to 86400 s",
                "engine           | heartbeat        | 0                   | at least 0.1 s",
                "engine           | parallel_carts   | 0                   | from 1 to 10000",
            })
    void refusesWhatCannotBeRight(String section, String key, String value, String allowed) {
        assertThatThrownBy(() -> of("[" + section + "]\n" + key + " = " + value + "\n", Map.of()))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("[" + section + "] " + key + " = ")
                .hasMessageContaining("cannot be: allowed is ")
                .hasMessageContaining(allowed)
                .message()
                .doesNotContain("\n", "pw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://u:pw@h/d", "jdbc:oracle:thin:u/pw@h", "cartd.db", ""})
    void refusesADatabaseThatItCannotWorkWith(String url) {
        assertThatThrownBy(() -> of("[database]\npeewee_url = " + url + "\n", Map.of()))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("[database] peewee_url cannot be: ")
                .message()
                .contains("sqlite:///")
                .doesNotContain("pw");
    }

    @Test
    void hidesThePasswordOfAUrl() {
        assertThatThrownBy(() -> of("[archiveinterface]\nurl = ftp://user:secret@host/\n", Map.of()))
                .hasMessageStartingWith("[archiveinterface] url = ftp://user:***@host/ (config.ini) cannot be");
    }

    @Test
    void namesTheEnvironmentVariableOfABadValue() {
        assertThatThrownBy(() -> of("", Map.of("LRU_PURGE", "sometimes")))
                .hasMessage("[cartd] lru_purge = sometimes (environment variable LRU_PURGE) cannot be: allowed is"
                        + " 1, yes, true, on or 0, no, false, off");
    }

    @Test
    void refusesALowWaterThatIsNotLow() {
        assertThatThrownBy(() -> of("[cartd]\nhigh_water = 80\nlow_water = 80\n", Map.of()))
                .hasMessageContaining("[cartd] low_water = 80 cannot be: allowed is less than [cartd] high_water");
    }

    private static Configuration of(String file, Map<String, String> environment) {
        return Configuration.of(sources(file, environment), Archives::check);
    }

    private static ConfigSources sources(String file, Map<String, String> environment) {
        return new ConfigSources(Map.of(), IniFile.parse("config.ini", file), environment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://archive_interface:8080/",
                "http://archive_interface",
                "http://_archive._tcp.example/",
                "http://user:p%40ss@archive_interface:8080/files",
                "HTTP://Archive.Example/",
                "HTTPS://archive.example.:8443",
                "http://archive.example./a/b/",
                "http://bücher.example/",
                "http://xn--bcher-kva.example/",
                "http://[::1]:8080/",
                "http://[fe80::1%eth0]:8080/",
                "http://[fe80::1%25eth0]/",
                "http://u%40:p%3A@[fe80::1%eth0]:8080/",
                "http://127.1:8080/",
                "http://host:80/",
                "https://host:443/",
                "http://host/a b/ü/100%/{x}/",
                "FILE:///mnt/archive",
                "file:/mnt/archive",
                "command:///opt/our archive/program",
                "dav+http://archive_interface:8080/a b",
                "s3://my_bucket/a b",
                "tape+https://dcache_door:2880/a b",
                "dav+https://u%40:p%3A@[::1]/"
            })
    void whateverUrlABrowserOrCurlTakesIsTaken(String url) {
        URI taken = of("[archiveinterface]\nurl = " + url.replace("%", "%%") + "\n", Map.of())
                .archive()
                .url();
        assertThat(taken.toString()).endsWith("/");
        Archives.open(
                        taken,
                        new ArchiveSettings(
                                Duration.ofSeconds(1), 1, 1, ArchiveSettings.S3.DEFAULT, ArchiveSettings.Tape.DEFAULT))
                .close();
    }
}
