package dev.cartd.cli.get;

import dev.cartd.cli.get.Patience.NotFinished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PatienceTest {
    private final List<Duration> waits = new ArrayList<>();
    private long now = 7;

    private final Patience patience = new Patience(Duration.ofMinutes(2), new Patience.Clock() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(Duration time) {
            waits.add(time);
            now += time.toNanos();
        }
    });

    @Test
    void waitsLongerEachTimeAndGivesUp() throws Exception {
        assertThat(patience.isFresh()).isTrue();
        assertThatThrownBy(() -> {
                    while (true) {
                        patience.pause("it is away");
                    }
                })
                .isInstanceOf(NotFinished.class)
                .hasMessage("gave up after 2 minutes in which nothing came: it is away;"
                        + " the same command goes on where it was");
        assertThat(waits.get(0)).isBetween(Duration.ofMillis(187), Duration.ofMillis(250));
        assertThat(waits.get(4)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
        assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(30)) <= 0);
        assertThat(now).isEqualTo(7 + Duration.ofMinutes(2).toNanos());
    }

    @Test
    void beginsAnewWhenSomethingCame() throws Exception {
        for (int i = 0; i < 100; i++) {
            patience.pause("it is away");
            patience.progressed();
            assertThat(patience.isFresh()).isTrue();
        }
        assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofMillis(250)) <= 0);
    }
}
