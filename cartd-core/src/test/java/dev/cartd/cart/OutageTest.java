package dev.cartd.cart;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutageTest {
    private final List<String> lines = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-22T02:14:00Z");
    private Outage outage = outage(Duration.ZERO);

    private Outage outage(Duration shortest) {
        return new Outage(shortest, () -> now, new Outage.Log() {
            @Override
            public void away(Instant since, String reason) {
                lines.add("away since " + HumanText.utc(since, now) + ": " + reason);
            }

            @Override
            public void back(String lasted) {
                lines.add("back after " + lasted);
            }
        });
    }

    private void fail() {
        outage.failed(outage.ended(), "refused");
    }

    private void after(Duration time) {
        now = now.plus(time);
    }

    @Test
    void isToldOnceHoweverManyUsesFail() {
        for (int i = 0; i < 50; i++) {
            fail();
            after(Duration.ofSeconds(30));
        }
        assertThat(outage.since()).contains(Instant.parse("2026-11-22T02:14:00Z"));
        outage.worked();
        outage.worked();

        assertThat(lines).containsExactly("away since 02:14 UTC: refused", "back after 25 min");
        assertThat(outage.since()).isEmpty();
    }

    @Test
    void isKnownForAsLongAsSomebodyTries() {
        assertThat(outage.now()).isEmpty();
        fail();
        after(Duration.ofMinutes(3));
        outage.failed(outage.ended(), "no route");
        after(Duration.ofMinutes(3));
        assertThat(outage.now()).contains(new Outage.Away(Instant.parse("2026-11-22T02:14:00Z"), "no route"));

        after(Duration.ofSeconds(1));
        assertThat(outage.now()).isEmpty();
        fail();
        assertThat(outage.now()).isPresent();
        outage.worked();
        assertThat(outage.now()).isEmpty();
    }

    @Test
    void oneFailureAmongUsesThatWorkIsNone() {
        outage = outage(Duration.ofSeconds(2));
        for (int i = 0; i < 10; i++) {
            fail();
            fail();
            after(Duration.ofSeconds(1));
            fail();
            outage.worked();
            after(Duration.ofSeconds(1));
        }
        assertThat(lines).isEmpty();
        assertThat(outage.since()).isEmpty();
    }

    @Test
    void beganWithTheFirstFailure() {
        outage = outage(Duration.ofSeconds(2));
        fail();
        after(Duration.ofMinutes(3));
        fail();
        assertThat(lines).containsExactly("away since 02:14 UTC: refused");
    }

    @Test
    void isToldAtOnceWhereItIsCertain() {
        outage = outage(Duration.ofSeconds(2));
        outage.found("not there");
        fail();
        assertThat(lines).containsExactly("away since 02:14 UTC: not there");
    }

    @Test
    void whatComesAndGoesIsNotToldMoreThanOnceAMinute() {
        for (int i = 0; i < 120; i++) {
            fail();
            after(Duration.ofMillis(500));
            outage.worked();
            after(Duration.ofMillis(500));
        }
        assertThat(lines)
                .containsExactly(
                        "away since 02:14 UTC: refused", "back after 0 s",
                        "away since 02:15 UTC: refused", "back after 0 s");
    }

    @Test
    void anOutageSoonAfterAnotherIsToldIfItLasts() {
        fail();
        outage.worked();
        after(Duration.ofSeconds(30));
        fail();
        assertThat(lines).hasSize(2);
        assertThat(outage.since()).isPresent();

        after(Duration.ofSeconds(40));
        fail();
        fail();
        after(Duration.ofHours(5));
        outage.worked();
        assertThat(lines.subList(2, 4)).containsExactly("away since 02:14 UTC: refused", "back after 5 h");
        assertThat(lines).hasSize(4);
    }

    @Test
    void whatFailsLateBeginsNoNewOne() {
        int before = outage.ended();
        fail();
        outage.worked();
        after(Duration.ofMinutes(2));
        outage.failed(before, "no answer in time");
        assertThat(outage.since()).isEmpty();
        assertThat(lines).hasSize(2);
    }

    @Test
    void afterHoursInWhichNobodyUsedItAFailureIsToldAnew() {
        outage = outage(Duration.ofSeconds(2));
        fail();
        after(Duration.ofHours(3));
        fail();
        assertThat(lines).isEmpty();
        after(Duration.ofSeconds(2));
        fail();
        after(Duration.ofHours(3));
        fail();
        after(Duration.ofSeconds(2));
        fail();
        assertThat(lines).containsExactly("away since 05:14 UTC: refused", "away since 08:14 UTC: refused");
    }

    @Test
    void aClockThatIsSetBackHidesNothing() {
        fail();
        outage.worked();
        after(Duration.ofDays(-1));
        fail();
        outage.worked();
        assertThat(lines).hasSize(4);
    }
}
