package dev.cartd.server;

import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    private static void assertRefused(Runnable making, String message) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
