package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A volume of 64 MB, and more carts than it holds: a real file system where this machine allows it, else a quota. Four
 * carts of the usual size fit.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SpaceIT {
    private static final int USUAL = 15_000_000;
    private static final Pattern READY = Pattern.compile("cart \\d+ \\(([^)]+)\\) is ready");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ArchiveInterface archive = new ArchiveInterface();
    private final Random random = new Random(7);
    private Optional<OwnMount> disk = Optional.empty();
    private @Nullable LiveServer started;

    @TempDir
    private Path home;

    @BeforeEach
    void mount() throws Exception {
        disk = OwnMount.in(home.resolve("volume"), "size=64m");
    }

    private void start(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("engine.heartbeat = 1 s");
        if (disk.isPresent()) {
            started = LiveServer.start(home, disk.get(), archive.url(), all.toArray(String[]::new));
        } else {
            all.add("cartd.volume_size = 64 Mb");
            started = LiveServer.start(home, archive.url(), all.toArray(String[]::new));
        }
    }

    @AfterEach
    void stop() throws Exception {
        try (archive) {
            server().endUnharmed();
        } finally {
            if (disk.isPresent()) {
                disk.get().close();
            }
        }
    }

    @Test
    void carts_that_do_not_fit_together_all_get_ready_in_turn() throws Exception {
        start();
        for (int i = 0; i < 8; i++) {
            order("cart-" + i, USUAL);
        }
        await().atMost(PATIENCE).until(() -> ready().size() == 8);
        assertThat(server().log()).doesNotContain(" failed", "The volume could not be used");

        List<String> left = fill();
        server().http().get(left.get(0));
        order("next", USUAL);
        server().http().awaitReady("next");
        assertThat(isReady(left.get(0))).as("used by a download").isTrue();
        assertThat(isReady(left.get(1))).as("the least recently used").isFalse();
        assertThat(server().log())
                .containsPattern("\\(" + left.get(1) + "\\) is evicted: cart \\d+ \\(next\\) needs 15 MB;");
    }

    @Test
    void what_is_being_downloaded_is_not_evicted_under_its_reader() throws Exception {
        start();
        Order read = order("read", USUAL);
        server().http().awaitReady("read");
        try (SlowDownload reader = new SlowDownload(server().port(), "read?filename=x.tar")) {
            reader.sip();
            for (int i = 0; i < 7; i++) {
                order("cart-" + i, USUAL);
            }
            await().atMost(PATIENCE).until(() -> {
                reader.sip();
                return ready().size() == 8;
            });
            assertThat(isReady("read")).isTrue();
            assertThat(says("space", 0).out()).containsPattern("PINNED BY DOWNLOADS\\n.*\\n1 +1 .* read ");
            Contents.assertSame(Contents.ofTar(reader.rest()), "x", read.files());
        }
    }

    @Test
    void an_operator_sees_makes_and_keeps_room() throws Exception {
        start("cartd.keep_max = 1 day");
        server().http()
                .post("forever", file(10).json(), "X-Cartd-Keep", "2d")
                .assertError(400, "X-Cartd-Keep: 2d cannot be: allowed is at most 1 day");
        assertThat(server().http().head("forever").status()).isEqualTo(404);
        assertThat(server().http()
                        .post("kept", file(USUAL).json(), "X-Cartd-Keep", "12h")
                        .status())
                .isEqualTo(201);
        server().http().awaitReady("kept");
        for (String uid : List.of("one", "two", "three")) {
            order(uid, USUAL);
            server().http().awaitReady(uid);
        }

        assertThat(says("keep one --for 7d", 0).out()).startsWith("cart 2 (one) is kept until ");
        assertThat(says("status one", 0).out()).contains(" kept until ");
        assertThat(says("space", 0).out())
                .contains(" of it are taken: 4 carts\n")
                .containsPattern("EVICTED NEXT, IN THIS ORDER: 30 MB in all\\n.*\\n3 .* two\\n4 .* three\\n")
                .containsPattern("NOT EVICTED NOW: 30 MB in all\\n.*\\n1 .* kept .* is kept until ");
        assertThat(says("space --free 10MB", 0).out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("evicted cart 3 (two): 15 MB, last used "),
                        line -> assertThat(line).isEqualTo("evicted 15 MB in all"));
        assertThat(server().numbers()).containsExactly("1", "2", "4");
        for (String uid : List.of("four", "five")) {
            order(uid, USUAL);
            server().http().awaitReady(uid);
        }
        assertThat(List.of("kept", "one", "four", "five")).allMatch(this::isReady);
        assertThat(says("list --deleted", 0).out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains(" DELETED "),
                        line -> assertThat(line).contains(" three ", " evicted: cart 6 (five) needs 15 MB"),
                        line -> assertThat(line).contains(" two ", " evicted: an operator wants 10 MB free"));

        assertThat(says("keep one --for 0", 0).out()).isEqualTo("cart 2 (one) is not kept any more\n");
        assertThat(says("purge --time-ago '0 days ago'", 0).out()).contains("'one'", "'five'");
        assertThat(server().terminate()).isZero();
        assertThat(says("space", 0).out()).contains(" of it are taken: 1 cart\n", " five", " purged");
        assertThat(says("space --free '1 GB'", 1).err()).contains("cartd: only 0 bytes of 1.0 GB could be evicted");
        server().startAgain();
        assertThat(isReady("kept")).isTrue();
    }

    @Test
    void without_eviction_a_cart_that_does_not_fit_is_told_so() throws Exception {
        start("cartd.lru_purge = off");
        for (int i = 0; i < 4; i++) {
            order("cart-" + i, USUAL);
        }
        await().atMost(PATIENCE).until(() -> ready().size() == 4);
        order("more", USUAL);
        server().http()
                .awaitAnswer(
                        "more",
                        "500 error No Space Available: cart needs 15 MB, the volume has 67 MB in all,"
                                + " 60 MB of it in carts that may not be evicted");
        assertThat(says("space", 0).out()).contains(" lru_purge is off");

        assertThat(server().http().delete("cart-1").status()).isEqualTo(200);
        await().until(() -> server().numbers().size() < 5);
        order("more", USUAL);
        server().http().awaitReady("more");
    }

    @Test
    void what_was_used_lately_counts_as_never() throws Exception {
        start("cartd.lru_buffer_time = 1 hour");
        for (int i = 0; i < 4; i++) {
            order("cart-" + i, USUAL);
        }
        await().atMost(PATIENCE).until(() -> ready().size() == 4);
        order("next", USUAL);
        await().untilAsserted(() -> assertThat(server().http().head("next").pacifica())
                .startsWith("500 error No Space Available: cart needs 15 MB, the volume has 67 MB in all, ")
                .endsWith(" of it in carts that may not be evicted"));
        assertThat(ready()).hasSize(4);
    }

    @Test
    void nobody_waits_for_ever() throws Exception {
        start("cartd.space_wait = 6 s");
        order("next", USUAL);
        server().http().awaitReady("next");

        try (SlowDownload reader = new SlowDownload(server().port(), "next")) {
            reader.sip();
            order("large", 60_000_000);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(server().http().head("large").pacifica())
                                    .startsWith("204 staging The volume has had no room for it since ")
                                    .contains("it needs 60 MB"));
            assertThat(says("list", 0).out()).containsPattern(" large +The volume has had no room for it since ");
            server().http()
                    .awaitAnswer(
                            "large",
                            "500 error No Space Available: cart needs 60 MB, the volume has 67 MB in all,"
                                    + " and none became free in 6 seconds");
        }
        assertThat(isReady("next")).isTrue();
    }

    @Test
    void a_tar_takes_its_own_size_and_no_more() throws Exception {
        start();
        assumeThat(disk).isPresent();
        long before = disk.get().used();
        archive.slow(Duration.ZERO, 40 << 20);
        Order order = file(25_000_000);
        order.file("b.dat", Order.bytes(random, 25_000_000));
        server().http().order("tar", order.json(true));
        List<Long> peaks = new ArrayList<>(List.of(0L));
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            peaks.set(0, Math.max(peaks.get(0), disk.get().used() - before));
            return isReady("tar");
        });
        assertThat(peaks.get(0)).isBetween(50_000_000L, 51_000_000L);
        Contents.assertSame(Contents.ofTar(server().http().get("tar").body()), "tar", order.files());
    }

    @Test
    void a_disk_that_another_program_fills_is_waited_for() throws Exception {
        start();
        assumeThat(disk).isPresent();
        Order small = order("small", 1_000_000);
        server().http().awaitReady("small");
        archive.slow(Duration.ZERO, 4 << 20);
        Order large = order("large", 30_000_000);
        await().atMost(PATIENCE).until(() -> disk.get().used() > 3_000_000);

        Path filler = disk.get().seenFromOutside().resolve("filler");
        assertThat(Program.shell(home, "dd if=/dev/zero of=" + filler + " bs=65536")
                        .exit())
                .isNotZero();
        archive.slow(Duration.ZERO, Long.MAX_VALUE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(server().http().head("large").pacifica())
                        .startsWith("204 staging The volume has had no room for it since "));
        assertWhole("small", small);

        Files.delete(filler);
        server().http().awaitReady("large");
        assertWhole("large", large);
        assertThat(Files.isSymbolicLink(server().volume().resolve("cartuids/large")))
                .isTrue();
        assertThat(Files.exists(server().volume().resolve("2/.part"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    private LiveServer server() {
        return Objects.requireNonNull(started);
    }

    private Order file(int size) {
        return new Order(archive).file("a.dat", Order.bytes(random, size));
    }

    private Order order(String uid, int size) throws IOException {
        Order order = file(size);
        server().http().order(uid, order.json());
        return order;
    }

    /** Those that ever got ready, in that order. */
    private List<String> ready() throws IOException {
        return READY.matcher(server().log())
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    /** Has four carts there, and answers which: those that got ready last. */
    private List<String> fill() throws IOException {
        List<String> left = left();
        while (left.size() < 4) {
            String uid = "fill-" + ready().size();
            order(uid, USUAL);
            server().http().awaitReady(uid);
            left = left();
        }
        assertThat(left).isEqualTo(ready().subList(ready().size() - 4, ready().size()));
        return left;
    }

    private List<String> left() throws IOException {
        return ready().stream().filter(this::isReady).toList();
    }

    private boolean isReady(String uid) {
        try {
            return server().http().head(uid).pacifica().equals("204 ready");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertWhole(String uid, Order order) throws IOException {
        Contents.assertSame(
                Contents.ofTar(server().http().get(uid + "?filename=x").body()), "x", order.files());
    }

    private Program says(String line, int exit) throws Exception {
        Program program = server().command(line);
        assertThat(program.exit())
                .as("%s: %s%s", line, program.out(), program.err())
                .isEqualTo(exit);
        assertThat(program.err()).doesNotContain("\tat ", "Exception");
        return program;
    }
}
