package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.local.DirectoryArchive;
import dev.cartd.local.LocalScheduler;
import dev.cartd.spi.Archive;
import dev.cartd.spi.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log says of an archive or a volume that is away: a line when it goes and one when it is back. */
class OutagesTest {
    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T02:14:00Z"));
    private final ScriptedArchive archive = new ScriptedArchive();
    private final LoggedLines log = new LoggedLines();
    private final ReadWriteLock steps = new ReentrantReadWriteLock();
    private Cartd cartd;
    private LocalScheduler scheduler;

    @BeforeEach
    void start() {
        start(archive);
    }

    @AfterEach
    void close() {
        cartd.close();
        log.close();
    }

    private void start(Archive from) {
        scheduler = new LocalScheduler(16);
        Scheduler stepping = Around.port(Scheduler.class, scheduler, (method, arguments, port) -> {
            if (method.equals("start")) {
                scheduler.start(id -> whileStepsRun(() -> ((Scheduler.Step) arguments.get(0)).advance(id)));
                return null;
            }
            return port.call();
        });
        cartd = Quick.builder(from, directory.resolve("volume"))
                .clock(now::get)
                .scheduler(stepping)
                .start();
    }

    private <T> T whileStepsRun(Supplier<T> step) {
        steps.readLock().lock();
        try {
            return step.get();
        } finally {
            steps.readLock().unlock();
        }
    }

    private interface Act {
        void run() throws IOException;
    }

    /** Does this while no step runs. */
    private void betweenSteps(Act act) throws IOException {
        steps.writeLock().lock();
        try {
            act.run();
        } finally {
            steps.writeLock().unlock();
        }
    }

    private void submit(int count, int... sizes) {
        IntStream.range(0, count).forEach(i -> cartd.submit(archive.request("cart-" + i, false, sizes)));
    }

    private List<Cart> carts() {
        return cartd.list().toList();
    }

    private void awaitAll(Predicate<Cart> so) {
        Waiting.await().atMost(Duration.ofSeconds(60)).until(() -> {
            carts().forEach(cart -> scheduler.wake(cart.id()));
            return carts().stream().allMatch(so);
        });
    }

    private static boolean isReady(Cart cart) {
        return cart.status() == CartStatus.READY;
    }

    private static Predicate<Cart> waitsFor(Wait.Kind kind) {
        return cart ->
                cart.standstill().waitsFor().filter(wait -> wait.kind() == kind).isPresent();
    }

    private void after(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private Optional<Outage.Away> away(String name) {
        return cartd.conditions().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .away();
    }

    @Test
    void anArchiveThatIsAwayIsOneLineHoweverManyCartsWaitForIt() {
        // It answers first, so that it is known to take several requests at once: else they go one by one.
        cartd.submit(archive.request("before", false, 1, 2, 3, 4));
        awaitAll(OutagesTest::isReady);
        cartd.delete("before");
        archive.away(true);
        submit(50, 10, 20);
        awaitAll(waitsFor(Wait.Kind.ARCHIVE));
        after(Duration.ofSeconds(10));
        awaitAll(cart -> !log.warnings("").isEmpty());
        after(Duration.ofMinutes(3));
        awaitAll(cart -> cart.standstill().counted().equals(now.get()));
        String said = cartd.message(carts().get(0));
        assertThat(away("archive"))
                .contains(new Outage.Away(Instant.parse("2026-11-22T02:14:00Z"), "connection refused"));
        archive.away(false);
        awaitAll(OutagesTest::isReady);
        assertThat(away("archive")).isEmpty();

        assertThat(log.warnings(""))
                .containsExactly("The archive could not be reached since 02:14 UTC (connection refused);"
                        + " carts wait, and go on by themselves when it is back");
        assertThat(said).startsWith("The archive could not be reached since 02:14 UTC (connection refused)");
        assertThat(log.infos("archive")).containsExactly("the archive is back after 3 min");
    }

    @Test
    void aRequestThatIsRefusedNowAndThenIsNoOutage() {
        for (int i = 0; i < 5; i++) {
            archive.away(true);
            cartd.submit(archive.request("cart-" + i, false, 10));
            Waiting.await().until(() -> waitsFor(Wait.Kind.ARCHIVE).test(carts().get(0)));
            archive.away(false);
            awaitAll(OutagesTest::isReady);
            after(Duration.ofSeconds(10));
        }
        assertThat(log.warnings("")).isEmpty();
        assertThat(log.infos("the archive")).isEmpty();
    }

    @Test
    void aVolumeThatFailsIsOneLineHoweverManyCartsWaitForIt() throws IOException {
        List<CartRequest> requests = IntStream.range(0, 20)
                .mapToObj(i -> archive.request("cart-" + i, false, 10, 20))
                .toList();
        IntStream.range(0, 20).forEach(i -> archive.put("cart-" + i + "/1", Archive.Medium.TAPE));
        requests.forEach(cartd::submit);
        awaitAll(waitsFor(Wait.Kind.TAPE));
        betweenSteps(() -> {
            for (Cart cart : carts()) {
                Files.deleteIfExists(inTheWay(cart));
                Files.createFile(inTheWay(cart));
            }
            IntStream.range(0, 20).forEach(i -> archive.put("cart-" + i + "/1", Archive.Medium.DISK));
        });
        awaitAll(waitsFor(Wait.Kind.VOLUME));
        after(Duration.ofMinutes(3));
        awaitAll(cart -> cart.standstill().counted().equals(now.get()));
        String said = cartd.message(carts().get(0));
        assertThat(away("volume")).isPresent();
        betweenSteps(() -> {
            for (Cart cart : carts()) {
                Files.delete(inTheWay(cart));
            }
        });
        awaitAll(OutagesTest::isReady);
        assertThat(away("volume")).isEmpty();

        assertThat(log.warnings(""))
                .singleElement()
                .asString()
                .startsWith("The volume could not be used since 02:14 UTC (")
                .endsWith("); carts wait, and go on by themselves when it is back");
        assertThat(said).startsWith("The volume could not be used since 02:14 UTC (");
        assertThat(log.infos("volume can")).containsExactly("the volume can be used again after 3 min");
    }

    @Test
    void whatCannotBeRemovedYetIsSaidOnce() throws IOException {
        cartd.submit(archive.request("cart-0", false, 10));
        awaitAll(OutagesTest::isReady);
        Path uids = directory.resolve("volume/cartuids");
        Files.move(uids, directory.resolve("moved"));
        Files.createFile(uids);
        cartd.delete("cart-0");
        Waiting.await().until(() -> !log.warnings("").isEmpty());
        long steps = epoch();
        Waiting.await().until(() -> {
            scheduler.wake(1);
            return epoch() > steps + 3;
        });
        assertThat(log.warnings("")).singleElement().asString().startsWith("the files of deleted cart 1 cannot be");
    }

    private long epoch() {
        return cartd.deleted(1).get(0).epoch();
    }

    private Path inTheWay(Cart cart) {
        return directory.resolve("volume/" + cart.id() + "/.part");
    }

    @Test
    void anArchiveThatIsNotMountedIsSaidAtTheStart() throws IOException {
        Path root = directory.resolve("archive");
        cartd.close();
        start(new DirectoryArchive(root));
        String line = "The archive could not be reached since 02:14 UTC (" + root + " is not there: mount it, or"
                + " correct the URL of the archive)";
        Waiting.await()
                .untilAsserted(() -> assertThat(log.warnings(""))
                        .containsExactly(line + "; carts wait, and go on by themselves when it is back"));

        CartRequest request = archive.request("cart", false, 10);
        cartd.submit(request);
        awaitAll(waitsFor(Wait.Kind.ARCHIVE));
        assertThat(cartd.message(carts().get(0))).startsWith(line);
        Files.createDirectories(root.resolve("cart"));
        Files.write(root.resolve("cart/0"), archive.bytes("cart/0"));
        after(Duration.ofMinutes(2));
        awaitAll(OutagesTest::isReady);

        assertThat(log.warnings("")).hasSize(1);
        assertThat(log.infos("archive")).containsExactly("the archive is back after 2 min");
    }
}
