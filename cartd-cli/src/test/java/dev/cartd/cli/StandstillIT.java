package dev.cartd.cli;

import dev.cartd.spi.ArchiveInterface;
import dev.cartd.spi.Fault;
import dev.cartd.store.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Why a cart stands still: HEAD and {@code cartd status} say it, and programs can read it, whatever the reason is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StandstillIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String TIME = "(\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d UTC";
    private static final String ENDS = "; this ends at " + TIME + " at the latest";
    private static final int HUGE = 300_000_000;

    private final ArchiveInterface archive = new ArchiveInterface();

    @TempDir
    private Path home;

    @AfterEach
    void stop() {
        archive.close();
    }

    /**
     * What is to be said of a cart.
     *
     * @param head what HEAD answers before the message
     * @param kind the word for programs
     * @param words how the message begins
     * @param detail what is in its parentheses, as a regular expression
     * @param more what follows them, as a regular expression
     */
    private record Reason(String uid, String head, String kind, String words, String detail, String more) {
        static Reason of(String uid, String kind, String words, String detail, String more) {
            return new Reason(uid, "204 staging", kind, words, detail, more);
        }

        private String message() {
            return Pattern.quote(words) + " since " + TIME + " \\(" + detail + "\\)" + more;
        }

        private String json() {
            String until = more.endsWith(ENDS) ? "\"[^\"]+Z\"" : "null";
            return "\"uid\":\"" + uid + "\",[^{]*\"waits\":\\{\"for\":\"" + kind + "\",\"since\":\"[^\"]+Z\",\"until\":"
                    + until + ",\"detail\":\"" + detail + "\"}";
        }
    }

    private static void awaitSaid(LiveServer server, Reason reason) {
        await(reason.uid)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(server.http().head(reason.uid).pacifica())
                        .matches(reason.head + " " + reason.message()));
    }

    /** Waits until HEAD says so, and expects the same of {@code status}. */
    private static void assertSaid(LiveServer server, Reason... reasons) throws Exception {
        for (Reason reason : reasons) {
            awaitSaid(server, reason);
        }
        assertStatus(server, reasons);
    }

    private static void assertStatus(LiveServer server, Reason... reasons) throws Exception {
        String uids = Arrays.stream(reasons).map(Reason::uid).collect(Collectors.joining(" "));
        String people = says(server, "status " + uids);
        String programs = says(server, "status --json " + uids);
        for (Reason reason : reasons) {
            assertThat(people.lines()).anyMatch(line -> line.matches(".* " + reason.uid + " +" + reason.message()));
            assertThat(programs).containsPattern(reason.json());
        }
    }

    private static String says(LiveServer server, String command) throws Exception {
        Program program = server.command(command);
        assertThat(program.err()).isEmpty();
        assertThat(program.exit()).isZero();
        return program.out();
    }

    private Order file(int size) {
        return new Order(archive).file("a.dat", Order.bytes(new Random(size), size));
    }

    @Test
    void what_the_archive_does_and_what_others_have_it_do() throws Exception {
        try (LiveServer server = LiveServer.start(home, archive.url(), "archiveinterface.max_requests = 2")) {
            Order tape = file(1000).file("dir/b.dat", new byte[2000]);
            archive.tape(tape.ids().get(1), Duration.ofHours(1));
            server.http().order("tape", tape.json());
            Order wrong = file(3000);
            Fault[] always = new Fault[5];
            Arrays.fill(always, Fault.CORRUPT);
            archive.faults().next("GET", wrong.ids().get(0), always);
            server.http().order("wrong", wrong.json());
            Reason fromTape = Reason.of(
                    "tape",
                    "tape",
                    "The archive has been bringing files from tape",
                    "file dir/b\\.dat",
                    "; 1 of 2 files are here" + ENDS);
            assertSaid(
                    server,
                    fromTape,
                    Reason.of(
                            "wrong",
                            "refused",
                            "The archive has been failing for a file",
                            "file a\\.dat, try [2-4] of 5: sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}",
                            ENDS));
            assertThat(says(server, "list --json")).containsPattern(fromTape.json());
            assertThat(server.http().delete("wrong").status()).isEqualTo(200);

            Order slow = file(4000);
            stall(server, "slow", slow);
            server.http().order("twin", slow.json());
            Reason twin =
                    Reason.of("twin", "other_cart", "Another cart has been pulling the same bytes", "cart 3", ENDS);
            awaitSaid(server, twin);
            stall(server, "hog", file(5000));
            server.http().order("permits", file(6000).json());
            assertSaid(
                    server,
                    twin,
                    Reason.of(
                            "permits",
                            "permits",
                            "Requests of other carts have kept the archive busy",
                            "it is sent 2 at once",
                            ENDS),
                    Reason.of(
                            "slow",
                            "slow",
                            "The archive has been silent or very slow",
                            "file a\\.dat, \\d+ bytes of 4\\.0 kB",
                            ENDS));

            archive.goAway();
            server.http().order("away", file(7000).json());
            assertSaid(
                    server,
                    Reason.of(
                            "away",
                            "archive",
                            "The archive could not be reached",
                            "127\\.0\\.0\\.1:\\d+: [Cc]onnection refused",
                            ENDS));
        }
    }

    /** Orders a cart whose one file gets stuck in the middle. */
    private void stall(LiveServer server, String uid, Order order) throws IOException {
        archive.faults().next("GET", order.ids().get(0), Fault.STALL);
        server.http().order(uid, order.json());
        await().until(() -> archive.requests("GET", order.ids().get(0)) == 1);
    }

    @Test
    void room_that_another_cart_has_and_what_was_there_before_a_crash() throws Exception {
        Path sparse = home.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(HUGE);
        }
        try (LiveServer server = LiveServer.start(home, archive.url(), "cartd.volume_size = 400 MB")) {
            archive.faults().next("GET", "huge", Fault.STALL);
            archive.put("huge", sparse);
            archive.put("more", sparse);
            server.http().order("huge", huge("huge", '1'));
            await().atMost(PATIENCE).until(() -> bytes(server, "huge") > HUGE / 2 - (8 << 20));
            server.http().order("room", huge("more", '2'));
            assertSaid(server, Reason.of("room", "room", "The volume has had no room for it", "it needs 300 MB", ENDS));

            server.kill();
            server.startAgain();
            Reason hashing = Reason.of(
                    "huge",
                    "hashing",
                    "What was here before has been hashed again",
                    "file a\\.dat, 1\\d\\d MB of 300 MB",
                    "");
            awaitSaid(server, hashing);
            server.pause(); // It would be through before a command has started.
            try {
                assertStatus(server, hashing);
            } finally {
                server.goOn();
            }
        }
    }

    /** The body of a POST for one file, which nobody gets to prove. */
    private String huge(String id, char digit) {
        return new Order(archive)
                .item(id, "a.dat", "sha3_512", String.valueOf(digit).repeat(128))
                .json();
    }

    private static long bytes(LiveServer server, String uid) throws IOException {
        String bytes = server.http().head(uid).headers().getOrDefault("x-cartd-bytes", "0/0");
        return Long.parseLong(bytes.split("/")[0]);
    }

    @Test
    void a_volume_that_cannot_be_written_or_is_away() throws Exception {
        Optional<OwnMount> mount = OwnMount.in(home.resolve("volume"));
        assumeTrue(mount.isPresent(), "no file system can be mounted here");
        try (OwnMount volume = mount.get();
                LiveServer server = LiveServer.start(home, volume, archive.url())) {
            volume.readOnly();
            server.http().order("cart", file(1000).json());
            assertSaid(
                    server,
                    Reason.of(
                            "cart",
                            "volume",
                            "The volume could not be used",
                            "read-only file system: " + volume.directory() + "/1",
                            ENDS));

            volume.writable();
            Files.move(
                    volume.seenFromOutside().resolve(".cartd-volume"),
                    volume.seenFromOutside().resolve("elsewhere"));
            String away = volume.directory() + " is not the volume of this database, it has no mark";
            await().untilAsserted(() -> assertThat(server.http().head("cart").pacifica())
                    .matches("503 staging The volume cannot be used since " + TIME + ": " + Pattern.quote(away)));
            server.http().order("late", file(2000).json());
            Program status = server.command("status cart late");
            assertThat(status.err().lines()).singleElement().asString().startsWith("cartd: " + away + "; mount it");
            assertThat(status.out()).contains(" cart ", " late");
            assertThat(status.exit()).isZero();
        }
    }

    @Test
    void no_worker_and_no_database() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                LiveServer server = LiveServer.node(
                        home,
                        home.resolve("volume"),
                        postgres.url("postgres"),
                        archive.url(),
                        "serve --port 0 --no-work")) {
            server.http().order("cart", file(1000).json());
            assertSaid(
                    server,
                    new Reason(
                            "cart",
                            "202 waiting",
                            "worker",
                            "No worker has had time for it",
                            "none runs, all are busy, or none has the volume",
                            ""));

            postgres.stop();
            String database = "the database \\(PostgreSQL 127\\.0\\.0\\.1:\\d+/postgres\\) cannot be used ";
            assertThat(server.http().head("cart").pacifica())
                    .matches("503 staging " + database + "since " + TIME + ": (it was shut down|connection refused)");
            Instant asked = Instant.now();
            Program status = server.command("status cart");
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
            assertThat(status.err()).matches("cartd: " + database + "now: connection refused\n");
            assertThat(status.out()).isEmpty();
            assertThat(status.exit()).isEqualTo(1);
            postgres.again();
        }
    }
}
