package dev.cartd.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Two servers on one PostgreSQL database and one volume, and what befalls one of them. */
@Timeout(value = 170, unit = TimeUnit.SECONDS)
class NodesIT extends TwoNodes {
    private static final Pattern READY = Pattern.compile("cart \\d+ \\([^)]+\\) is ready");
    private static final int KILLS = 25;

    @Test
    void a_node_that_is_killed_leaves_its_carts_to_the_other() throws Exception {
        archive.slow(Duration.ofMillis(20), 1 << 20);
        order(one, 8);
        await().until(() -> ready(one) > 0 && ready(two) > 0);
        order(one, 8);
        await().until(() -> postgres.working(database) == 2);
        two.kill();
        archive.slow(Duration.ofMillis(20), 8 << 20);

        assertAllReady(one, Duration.ofSeconds(40));
        two.startAgain();
    }

    @Test
    void a_node_that_was_paused_for_longer_than_its_lease_does_no_harm() throws Exception {
        archive.slow(Duration.ofMillis(20), 1 << 20);
        order(one, 8);
        await().until(() -> archive.requests("GET") > 20 && postgres.working(database) == 2);
        Instant paused = Instant.now();
        two.pause();
        assertThat(postgres.working(database)).isEqualTo(2);
        archive.slow(Duration.ofMillis(20), 8 << 20);
        assertAllReady(one, Duration.ofSeconds(40));
        assertThat(paused.plus(LEASE)).isBefore(Instant.now());
        Map<String, String> before = etags(one);
        two.goOn();

        order(two, 2);
        assertAllReady(two, Duration.ofSeconds(40));
        assertThat(etags(one)).containsAllEntriesOf(before);
        assertThat(two.log()).doesNotContain(" ERROR ");
    }

    @Test
    void killed_in_turns_they_lose_nothing() throws Exception {
        Random random = new Random(21);
        archive.slow(Duration.ofMillis(20), 4 << 20);
        Mischief.of(archive);
        int inFlight = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            LiveServer victim = kill % 2 == 0 ? two : one;
            // Now and then one dies while it starts, and with it the other that was killed just before.
            if (kill % 5 != 4) {
                victim.awaitListening();
                order(victim, kill == 0 ? 6 : 1); // More than one node works on at once.
            }
            long instant = System.nanoTime() + random.nextInt(800) * 1_000_000L;
            await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - instant > 0);
            if (kill == 0) {
                await().until(() -> archive.pulls().isUnderWay(name(victim))); // One kill at least hits a pull.
            }
            inFlight += kill(victim);
            carts.assertNothingUnfinished();
            victim.launchAgain();
        }
        one.awaitListening();
        two.awaitListening();
        archive.faults().none();
        archive.slow(Duration.ofMillis(20), 8 << 20);
        assertAllReady(one, Duration.ofSeconds(60));
        Mischief.assertNothingWasted(archive, carts, inFlight);
    }

    /** Answers how many pulls it hit. */
    private int kill(LiveServer victim) {
        long at = System.nanoTime();
        victim.kill();
        return archive.pulls().killed(name(victim), at);
    }

    private static String name(LiveServer node) {
        return node.home().getFileName().toString();
    }

    private Map<String, String> etags(LiveServer node) throws IOException {
        Map<String, String> etags = new TreeMap<>();
        for (String uid : carts.orders().keySet()) {
            etags.put(uid, node.http().get(uid + "?filename=x").header("etag"));
        }
        return etags;
    }

    private static long ready(LiveServer node) throws IOException {
        return READY.matcher(node.log()).results().count();
    }
}
