package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Two servers on one PostgreSQL database and one volume, and what befalls one of them, or the database. */
@Timeout(value = 170, unit = TimeUnit.SECONDS)
class NodesIT {
    private static final Pattern READY = Pattern.compile("cart \\d+ \\([^)]+\\) is ready");
    private static final Pattern AWAY = Pattern.compile("WARN  \\S+ - the database \\([^)]+\\) cannot be used since ");
    private static final Pattern FAILS = Pattern.compile(
            "WARN  \\S+ - The volume could not be used since \\d\\d:\\d\\d UTC \\(read-only file system");
    private static final int KILLS = 25;
    /** After this a node that was not heard of is taken for dead. */
    private static final Duration LEASE = Duration.ofSeconds(4);

    /** Longer than anything is held without the database. */
    private static final Duration OUTAGE = LEASE.multipliedBy(2);

    private static final String[] SETTINGS = {
        "engine.heartbeat = 1 s",
        "engine.parallel_carts = 3",
        "archiveinterface.timeout = 4 s",
        "archiveinterface.retries = 50"
    };

    private static PostgresServer postgres;

    private final ArchiveInterface archive = new ArchiveInterface();
    private String database = "";
    private LiveServer one;
    private LiveServer two;
    private CartsOnDisk carts;

    @TempDir
    private Path home;

    @BeforeAll
    static void startDatabase() throws Exception {
        postgres = PostgresServer.start();
        LiveServer.sync(postgres.copy("synced", "template0"));
    }

    @AfterAll
    static void stopDatabase() {
        postgres.close();
    }

    @BeforeEach
    void start(TestInfo test) throws Exception {
        database = test.getTestMethod().orElseThrow().getName().substring(0, 20);
        assertThat(postgres.copy(database, "synced")).isEqualTo(postgres.url(database));
        one = node("one", "serve --port 0");
        two = node("two", "serve --port 0");
        carts = new CartsOnDisk(home.resolve("volume"));
    }

    private LiveServer node(String name, String words) throws Exception {
        return LiveServer.node(
                home.resolve(name), home.resolve("volume"), postgres.url(database), archive.url(name), words, SETTINGS);
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            two.close();
        } finally {
            one.close();
        }
    }

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

    /** Carts of both kinds with small files and a large one each. */
    private void order(LiveServer node, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            int number = carts.orders().size();
            Order order = Order.random(archive, number, 6);
            order.file("large.dat", Order.bytes(new Random(number), 2_000_000));
            carts.expect("cart-" + number, order);
            node.http().order("cart-" + number, order.json(number % 2 == 0));
        }
    }

    private void assertAllReady(LiveServer node, Duration within) throws Exception {
        Instant until = Instant.now().plus(within);
        for (String uid : carts.orders().keySet()) {
            node.http().awaitReady(uid);
        }
        assertThat(Instant.now()).isBefore(until);
        for (var cart : carts.orders().entrySet()) {
            Reply tar = node.http().get(cart.getKey() + "?filename=" + cart.getKey());
            Contents.assertSame(
                    Contents.ofTar(tar.body()), cart.getKey(), cart.getValue().files());
        }
        await().untilAsserted(carts::assertTidy);
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
