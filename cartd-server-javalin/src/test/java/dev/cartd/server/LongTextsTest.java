package dev.cartd.server;

import dev.cartd.server.connection.RawPath;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** What reads a client's text takes a time that grows with its length, and not with the square of that. */
class LongTextsTest {
    /** With the square of it this takes minutes. */
    private static final int MANY = 2_000_000;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"/", "a/", "/.", "/..", "%2F", ";", "//x", "?", ":/", "a://", "/a.."})
    void aPath(String piece) {
        String path = "/" + piece.repeat(MANY / piece.length());
        Target target = assertTimeoutPreemptively(LIMIT, () -> Target.of(RawPath.sent(RawPath.shield(path + "x"))));
        assertThat(target).isNotNull();
    }

    @Test
    void slashesAroundAUidAreNotPartOfIt() {
        String slashes = "/".repeat(MANY);
        assertTimeoutPreemptively(LIMIT, () -> {
            assertThat(Target.of(slashes + "x" + slashes)).isEqualTo(new Target.Uid("x"));
            assertThat(Target.of(slashes)).isEqualTo(new Target.Root());
            assertThat(Target.of(slashes + "x" + slashes + "y")).isEqualTo(new Target.Nowhere());
            assertThat(Target.of("//-//")).isEqualTo(new Target.Own("/"));
        });
    }
}
