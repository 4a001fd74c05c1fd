package dev.cartd.server;

import dev.cartd.spi.Notice;
import dev.cartd.spi.Notices;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code X-Cartd-Notify}. */
class NotifyTest {
    private static final String BODY =
            "{\"fileids\": [{\"id\": \"a\", \"path\": \"a\", \"hashtype\": \"md5\", \"hashsum\": \"x\"}]}";

    private final Running running =
            new Running(Running.CONFIG.withNotifyHosts(Set.of("hooks.example", "ci.example:8443")));
    private final Told told = new Told();

    @AfterEach
    void stop() {
        running.close();
    }

    /** Remembers who is to be told, and has place for a few only. */
    private static final class Told implements Notices {
        private final List<String> urls = new CopyOnWriteArrayList<>();

        @Override
        public boolean tell(long cartId, String url) {
            return urls.size() < 3 && urls.add(cartId + " " + url);
        }

        @Override
        public List<Notice> due(int most) {
            return List.of();
        }

        @Override
        public Optional<Notice> claim(Notice notice, Duration time) {
            return Optional.empty();
        }

        @Override
        public void sent(Notice notice) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void failed(Notice notice, String why, Optional<Duration> pause) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Notice> list(int most) {
            return List.of();
        }

        @Override
        public int retry(Set<String> ids) {
            return 0;
        }

        @Override
        public int forget(Instant before) {
            return 0;
        }
    }

    private Reply post(String uid, String url) throws IOException {
        return running.post("/" + uid, BODY, "X-Cartd-Notify: " + url);
    }

    @Test
    void aClientMayNameAUrlOnAnAllowedHost() throws IOException {
        running.server.notices(told);
        for (String url :
                List.of("https://hooks.example/a?b=c", "https://HOOKS.example:443", "https://ci.example:8443/%20x;y")) {
            assertThat(post("x", url).status()).as(url).isEqualTo(201);
            assertThat(told.urls.get(told.urls.size() - 1)).endsWith(" " + url);
        }
        Reply full = post("x", "https://hooks.example/more");
        assertThat(full.status()).isEqualTo(400);
        assertThat(full.text()).contains("X-Cartd-Notify: 10 other addresses are told about this cart already");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://hooks.example/",
                "https://",
                "https:///a",
                "https://hooks.example:8443/",
                "https://ci.example/",
                "https://other.example/",
                "https://hooks.example.evil/",
                "https://hooks.example@evil.example/",
                "https://hooks.example\\@evil.example/",
                "https://hooks.example#@evil.example/",
                "https://hooks.example?@evil.example/",
                "https://hooks.example/ https://evil.example/",
                "https://hooks.example/%zz",
                "https://hooks.example/\u00fc",
                "https://hooks.example/\r\nX-Cartd-Notify: https://hooks.example/",
                "file:///etc/passwd"
            })
    void anyOtherIsRefusedBeforeThereIsACart(String url) throws IOException {
        running.server.notices(told);
        Reply reply = post("x", url);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("X-Cartd-Notify: ");
        assertThat(running.carts.carts).isEmpty();
        assertThat(told.urls).isEmpty();
    }

    @Test
    void withoutTheSettingNobodyIsTold() throws IOException {
        try (Running other = new Running()) {
            Reply reply = other.post("/x", BODY, "X-Cartd-Notify: https://hooks.example/");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text())
                    .contains("X-Cartd-Notify: hooks.example cannot be: allowed is none, this server sends no notices"
                            + " to clients");
        }
    }

    @Test
    void aServerThatIsStartingAsksToComeAgain() throws IOException {
        assertThat(post("x", "https://hooks.example/").status()).isEqualTo(503);
    }
}
