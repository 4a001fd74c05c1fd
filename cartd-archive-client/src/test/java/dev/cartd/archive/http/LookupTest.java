package dev.cartd.archive.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LookupTest {
    private final CountDownLatch answers = new CountDownLatch(1);

    /** A name server that says nothing, and cannot be interrupted. */
    private final Dns silent = host -> {
        while (true) {
            try {
                answers.await();
                return List.of(InetAddress.getLoopbackAddress());
            } catch (InterruptedException e) {
                // Like the system's lookup.
            }
        }
    };

    @AfterEach
    void answer() {
        answers.countDown();
    }

    @Test
    void aNameServerThatSaysNothingIsNotWaitedForForEver() {
        Lookup lookup = new Lookup(silent, Duration.ofMillis(20));
        assertThatThrownBy(() -> lookup.lookup("archive.example"))
                .isInstanceOfSatisfying(
                        UnknownHostException.class,
                        e -> assertThat(RequestFailure.text(e, Duration.ofSeconds(1)))
                                .isEqualTo("the address of this host was not found in time"));
    }

    @Test
    void whoIsInterruptedWaitsNoLonger() {
        Lookup lookup = new Lookup(silent, Duration.ofDays(1));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lookup.lookup("archive.example")).isInstanceOf(UnknownHostException.class);
        assertThat(Thread.interrupted()).as("it is still interrupted").isTrue();
    }

    @Test
    void theAnswerIsThatOfTheSystem() throws UnknownHostException {
        answers.countDown();
        assertThat(new Lookup(silent, Duration.ofDays(1)).lookup("archive.example"))
                .containsExactly(InetAddress.getLoopbackAddress());
        assertThatThrownBy(() -> new Lookup(Dns.SYSTEM, Duration.ofSeconds(20)).lookup("no-such-host.invalid"))
                .isInstanceOfSatisfying(
                        UnknownHostException.class,
                        e -> assertThat(RequestFailure.text(e, Duration.ofSeconds(1)))
                                .isEqualTo("this host is not known"));
    }
}
