package dev.cartd.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Two servers on one PostgreSQL database and one volume, and what befalls the database or the volume. */
@Timeout(value = 170, unit = TimeUnit.SECONDS)
class NodesOutagesIT extends TwoNodes {
    private static final Pattern AWAY = Pattern.compile("WARN  \\S+ - the database \\([^)]+\\) cannot be used since ");
    private static final Pattern FAILS = Pattern.compile(
            "WARN  \\S+ - The volume could not be used since \\d\\d:\\d\\d UTC \\(read-only file system");

    /** Longer than anything is held without the database. */
    private static final Duration OUTAGE = LEASE.multipliedBy(2);

    @Test
    void a_database_that_goes_away_and_comes_back_is_waited_for() throws Exception {
        archive.slow(Duration.ofMillis(20), 1 << 20);
        order(one, 6);
        await().until(() -> archive.requests("GET") > 10);
        postgres.stop();

        assertThat(unavailable(5, () -> one.http().head("cart-0")).pacifica()).startsWith("503 staging ");
        assertThat(unavailable(5, () -> two.http().get("cart-0")).text()).startsWith("{\"status\": \"503 ");
        unavailable(8, () -> one.http().delete("cart-0"));
        unavailable(8, () -> two.http().post("more", Order.random(archive, 1, 1).json()));
        await().during(OUTAGE)
                .atMost(OUTAGE.multipliedBy(2))
                .until(() -> unavailable(5, () -> one.http().head("cart-0"))
                        .pacifica()
                        .startsWith("503 staging "));
        postgres.again();

        archive.slow(Duration.ofMillis(20), 8 << 20);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> one.http().head("cart-0").status() != 503);
        assertAllReady(one, Duration.ofSeconds(60));
        assertThat(one.http().head("more").status()).isEqualTo(404);
        for (LiveServer node : List.of(one, two)) {
            await().untilAsserted(() -> assertThat(node.log()).containsOnlyOnce(") is back after "));
            assertThat(AWAY.matcher(node.log()).results()).hasSize(1);
            assertThat(node.log()).doesNotContain("kagkarlsson", "com.zaxxer", " ERROR ");
        }
    }

    @Test
    void a_volume_that_is_read_only_for_a_while_is_waited_for() throws Exception {
        Optional<OwnMount> mount = OwnMount.in(home.resolve("mounted"));
        assumeTrue(
                mount.isPresent(), "no file system can be mounted here: unshare -rm, or mount in it, is not allowed");
        try (OwnMount volume = mount.get()) {
            assertThat(one.terminate()).isZero();
            assertThat(two.terminate()).isZero();
            database = "mounted"; // The other one has its volume.
            assertThat(postgres.copy(database, "synced")).isEqualTo(postgres.url(database));
            one = node("one-mounted", volume);
            two = node("two-mounted", volume);
            carts = new CartsOnDisk(volume.seenFromOutside());
            work(volume);
            assertThat(one.terminate()).isZero();
            assertThat(two.terminate()).isZero();
        }
    }

    private void work(OwnMount volume) throws Exception {
        archive.slow(Duration.ofMillis(20), 1 << 20);
        order(one, 1);
        one.http().awaitReady("cart-0");
        order(one, 8);
        await().until(() -> archive.requests("GET") > 20 && postgres.working(database) == 2);
        // While files are open for writing the system refuses.
        archive.goAway();
        volume.readOnly();
        archive.comeBack();

        assertThat(two.http().get("cart-0").status()).isEqualTo(200);
        assertThat(two.http().delete("cart-0").status()).isEqualTo(200);
        order(two, 1);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> FAILS.matcher(one.log()).find()
                        && FAILS.matcher(two.log()).find());
        for (String uid : carts.orders().keySet()) {
            assertThat(one.http().head(uid).status()).as(uid).isNotEqualTo(500);
        }
        volume.writable();

        archive.slow(Duration.ofMillis(20), 8 << 20);
        carts.forget("cart-0");
        assertAllReady(one, Duration.ofSeconds(60));
        // One of them may have had no cart to go on with.
        assertThat(one.log() + two.log()).contains(" the volume can be used again after ");
        for (LiveServer node : List.of(one, two)) {
            assertThat(FAILS.matcher(node.log()).results()).hasSize(1);
            assertThat(node.log()).doesNotContain(" ERROR ");
        }
    }

    private LiveServer node(String name, OwnMount volume) throws Exception {
        return LiveServer.node(home.resolve(name), volume, postgres.url(database), archive.url(name), SETTINGS);
    }

    @Test
    void one_that_only_serves_and_one_that_only_works_do_what_one_alone_does() throws Exception {
        assertThat(one.terminate()).isZero();
        assertThat(two.terminate()).isZero();
        one = node("front", "serve --port 0 --no-work");
        order(one, 2);
        assertThat(one.http().head("cart-0").pacifica()).isEqualTo("202 waiting");
        two = node("back", "work");

        assertAllReady(one, Duration.ofSeconds(20));
        assertThat(archive.pulls().clients()).containsExactly("back");
        assertThat(one.http().delete("cart-0").status()).isEqualTo(200);
        carts.forget("cart-0");
        await().untilAsserted(carts::assertTidy);
    }

    private interface Asking {
        Reply ask() throws Exception;
    }

    private static Reply unavailable(int seconds, Asking asking) throws Exception {
        Instant asked = Instant.now();
        Reply reply = asking.ask();
        assertThat(reply.status()).isEqualTo(503);
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(seconds));
        return reply;
    }
}
