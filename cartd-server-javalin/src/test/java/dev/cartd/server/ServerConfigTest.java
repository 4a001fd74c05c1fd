package dev.cartd.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServerConfigTest {
    @Test
    void whatCannotBeServedWithIsRefusedByName() {
        assertRefused(() -> Running.at(" ", 0), "address is  , allowed is a host name or an address");
        assertRefused(() -> Running.at("127.0.0.1", 65_536), "port is 65536, allowed is 0 to 65535");
        assertRefused(() -> Running.at("127.0.0.1", -1), "port is -1");
        assertRefused(() -> Running.limits(0, 1, 1), "maxRequestSize is 0");
        assertRefused(() -> Running.limits(1, 0, 1), "maxFiles is 0");
        assertRefused(() -> Running.limits(1, 1, 0), "maxDownloads is 0");
        assertRefused(() -> Running.times(Duration.ZERO, Duration.ZERO), "idleTimeout is PT0S");
        assertRefused(() -> Running.times(Duration.ofSeconds(1), Duration.ofSeconds(-1)), "stopTimeout is PT-1S");
        assertRefused(() -> Running.keeping(Duration.ofSeconds(-1)), "keepMax is PT-1S, allowed is 0 or more");
    }

    @Test
    void eachSettingChangesAloneAndTheOriginalStays() {
        Path log = Path.of("access.log");
        ServerConfig all = ServerConfig.DEFAULT
                .withAddress("::1")
                .withPort(1)
                .withThreads(2)
                .withMaxRequestSize(3)
                .withMaxFiles(4)
                .withMaxDownloads(5)
                .withIdleTimeout(Duration.ofSeconds(6))
                .withStopTimeout(Duration.ofSeconds(7))
                .withKeepMax(Duration.ofSeconds(8))
                .withContact("c")
                .withBundleDefault(true)
                .withVersion("9")
                .withAccessLog(log);
        assertThat(values(all))
                .containsExactly(
                        "::1",
                        1,
                        2,
                        3L,
                        4,
                        5,
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        "c",
                        true,
                        "9",
                        Optional.of(log));
        assertThat(values(ServerConfig.DEFAULT))
                .containsExactly(
                        "127.0.0.1",
                        8081,
                        64,
                        256_000_000L,
                        1_000_000,
                        1000,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(30),
                        Duration.ZERO,
                        "",
                        false,
                        "unreleased",
                        Optional.empty());
    }

    private static List<Object> values(ServerConfig config) {
        return List.of(
                config.address(),
                config.port(),
                config.threads(),
                config.maxRequestSize(),
                config.maxFiles(),
                config.maxDownloads(),
                config.idleTimeout(),
                config.stopTimeout(),
                config.keepMax(),
                config.contact(),
                config.bundleDefault(),
                config.version(),
                config.accessLog());
    }

    private static void assertRefused(Runnable making, String message) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
