package dev.cartd.archive.pacifica;

import dev.cartd.spi.Archive.Medium;
import dev.cartd.spi.ArchiveException;
import dev.cartd.spi.ArchiveInterface;
import dev.cartd.spi.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What the client makes of an archive that behaves, and misbehaves, as the real one does. */
class PacificaArchiveTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1500);
    private static final String ID = "a/b.txt";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final ArchiveInterface server = new ArchiveInterface(7, now::get);
    private final PacificaArchive archive = new PacificaArchive(server.url(), TIMEOUT, 4);

    @AfterEach
    void close() {
        archive.close();
        server.close();
    }

    private byte[] held(int size) {
        byte[] content = new byte[size];
        server.put(ID, content);
        return content;
    }

    private byte[] pulled(long size) throws IOException {
        try (InputStream content = archive.pull(ID, 0, size)) {
            return content.readAllBytes();
        }
    }

    @Test
    void followsAFileFromTapeToDisk() {
        held(5);
        server.tape(ID, Duration.ofMinutes(10));
        assertThat(archive.status(ID).medium()).isEqualTo(Medium.TAPE);
        archive.stage(ID);
        now.set(Instant.EPOCH.plusSeconds(599));
        archive.stage(ID);
        assertThat(archive.status(ID).medium()).isEqualTo(Medium.TAPE);
        now.set(Instant.EPOCH.plusSeconds(600));
        assertThat(archive.status(ID).medium()).isEqualTo(Medium.DISK);
        server.medium(ID, "error");
        assertThat(archive.status(ID).medium()).isEqualTo(Medium.ERROR);
    }

    @Test
    void namesTheReasonOfARefusalAndNothingElse() {
        held(5);
        server.refuse(ID, "Can't open posix file with error: [Errno 13] Permission denied: '/archive/[Errno 2]'");
        String reason = "the archive answers 500: "
                + "Can't open posix file with error: [Errno 13] Permission denied: '/archive/[Errno 2]'";
        assertThatThrownBy(() -> archive.stage(ID))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage(reason);
        assertThatThrownBy(() -> archive.status(ID))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage(reason);
        assertThatThrownBy(() -> pulled(5))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage(reason);
    }

    @Test
    void asksOnceAndOnceMoreOnlyForAReason() {
        assertThatThrownBy(() -> archive.status(ID)).isInstanceOf(ArchiveException.Missing.class);
        assertThat(server.requests("HEAD", ID)).isEqualTo(1);
        assertThat(server.requests("POST", ID)).isEqualTo(1);
        held(5);
        archive.status(ID);
        assertThat(server.requests("HEAD", ID)).isEqualTo(2);
        assertThat(server.requests("POST", ID)).isEqualTo(1);
    }

    @Test
    void aFailureThatHasPassedWhenTheReasonIsAskedForIsARefusal() {
        held(5);
        server.faults().next("HEAD", ID, Fault.ERROR);
        assertThatThrownBy(() -> archive.status(ID))
                .isInstanceOf(ArchiveException.Refused.class)
                .hasMessage("the archive answers 500: Internal Server Error");
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "DROP", "HANG"})
    void whatDoesNotAnswerIsUnreachableAndNotAskedAgain(Fault fault) {
        held(5);
        for (String method : new String[] {"POST", "HEAD", "GET"}) {
            server.faults().next(method, ID, fault);
        }
        boolean strained = fault != Fault.UNAVAILABLE;
        assertThatThrownBy(() -> archive.stage(ID)).satisfies(e -> assertUnreachable(e, strained));
        assertThatThrownBy(() -> archive.status(ID)).satisfies(e -> assertUnreachable(e, strained));
        assertThatThrownBy(() -> pulled(5)).satisfies(e -> assertUnreachable(e, strained));
        assertThat(server.requests("POST") + server.requests("HEAD") + server.requests("GET"))
                .isEqualTo(3);
        assertThat(archive.status(ID).size()).isEqualTo(5);
    }

    /** What was cut or timed out may be for too many requests at once; what never was under way is not. */
    private static void assertUnreachable(Throwable e, boolean strained) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        ArchiveException.Unreachable.class,
                        why -> assertThat(why.isStrained()).isEqualTo(strained));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "GET"})
    void whoIsInterruptedWaitsForNoAnswer(String method) throws Exception {
        held(5);
        server.pause();
        try (PacificaArchive patient = new PacificaArchive(server.url(), Duration.ofMinutes(5), 1)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread asking = new Thread(() -> {
                thrown.set(catchThrowable(() -> ask(patient, method)));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            asking.start();
            await().until(() -> server.requests(method, ID) == 1);
            asking.interrupt();
            asking.join(60_000);
            assertThat(thrown.get()).satisfies(e -> assertUnreachable(e, false));
            assertThat(interrupted).isTrue();
            server.resume();
            patient.stage(ID); // Its place is free again.
        }
    }

    @Test
    void whoIsInterruptedWaitsForNoConnection() throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PacificaArchive patient = new PacificaArchive(
                        URI.create("http://127.0.0.1:" + full.getLocalPort()), Duration.ofMinutes(5), 1)) {
            while (connects(full, queued)) {
                assertThat(queued).hasSizeLessThan(1000);
            }
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread asking = new Thread(() -> {
                thrown.set(catchThrowable(() -> patient.status(ID)));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            asking.start();
            await().until(() -> Stream.of(asking.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("awaitTcpConnect")));
            asking.interrupt();
            asking.join(60_000);
            assertThat(thrown.get()).satisfies(e -> assertUnreachable(e, false));
            assertThat(interrupted).isTrue();
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    /** Whether the server still takes a connection, without anybody who accepts it. */
    private static boolean connects(ServerSocket server, List<Socket> queued) throws IOException {
        Socket socket = new Socket();
        queued.add(socket);
        try {
            socket.connect(server.getLocalSocketAddress(), 300);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static void ask(PacificaArchive archive, String method) throws IOException {
        switch (method) {
            case "POST" -> archive.stage(ID);
            case "HEAD" -> archive.status(ID);
            default -> archive.pull(ID, 0, 5).close();
        }
    }

    @Test
    void anArchiveThatIsAwayIsUnreachableUntilItIsBack() throws IOException {
        byte[] content = held(5);
        archive.status(ID);
        server.goAway();
        assertThatThrownBy(() -> archive.status(ID))
                .satisfies(e -> assertUnreachable(e, false))
                .hasMessageMatching("127\\.0\\.0\\.1:\\d+: connection refused");
        assertThatThrownBy(() -> pulled(5)).isInstanceOf(ArchiveException.Unreachable.class);
        server.comeBack();
        assertThat(pulled(5)).isEqualTo(content);
    }

    @Test
    void aKeptConnectionThatWasClosedIsNoFailure() throws IOException {
        byte[] content = held(5);
        server.keepConnections(false);
        for (int i = 0; i < 50; i++) {
            archive.stage(ID);
            assertThat(archive.status(ID).size()).isEqualTo(5);
            assertThat(pulled(5)).isEqualTo(content);
        }
    }

    @Test
    void aRestartedArchiveIsReachedAgainAtOnce() throws IOException {
        byte[] content = held(5);
        archive.status(ID);
        server.goAway();
        server.comeBack();
        assertThat(pulled(5)).isEqualTo(content);
    }

    @Test
    void aHostThatIsNotKnownIsUnreachable() {
        try (PacificaArchive nowhere = new PacificaArchive(URI.create("http://archive.invalid/"), TIMEOUT, 1)) {
            assertThatThrownBy(() -> nowhere.stage(ID))
                    .satisfies(e -> assertUnreachable(e, false))
                    .hasMessage("archive.invalid:80: this host is not known");
        }
    }

    @Test
    void anArchiveThatDoesNotSpeakTlsIsUnreachable() {
        URI url = URI.create(server.url().toString().replace("http:", "https:"));
        try (PacificaArchive tls = new PacificaArchive(url, TIMEOUT, 1)) {
            assertThatThrownBy(() -> tls.stage(ID))
                    .isInstanceOf(ArchiveException.Unreachable.class)
                    .hasMessageMatching("127\\.0\\.0\\.1:\\d+: .+");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "STALL"})
    void contentThatBreaksOffFailsTheRead(Fault fault) throws IOException {
        byte[] content = held(1_000_000);
        server.faults().next("GET", ID, fault);
        assertThatThrownBy(() -> pulled(content.length))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        fault == Fault.CUT
                                ? "the connection was closed before all was there"
                                : "not a byte for 1500 ms");
        assertThat(pulled(content.length)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHORT", "LONG", "CORRUPT"})
    void contentThatIsWrongEndsCleanly(String fault) throws IOException {
        byte[] content = held(1000);
        server.faults().next("GET", ID, Fault.valueOf(fault));
        assertThat(pulled(content.length)).isNotEqualTo(content).hasSizeBetween(500, 1001);
    }

    @Test
    void closingDoesNotWaitForTheRest() throws IOException {
        held(30_000_000);
        InputStream content = archive.pull(ID, 0, 30_000_000);
        assertThat(content.read()).isZero();
        long before = System.nanoTime();
        content.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(TIMEOUT);
        await().until(() -> server.atOnce() == 0);
    }

    @Test
    void noMoreRequestsThanAllowedAreUnderWayAtOnce() throws Exception {
        held(100_000);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            Future<?>[] work = new Future<?>[160];
            for (int i = 0; i < work.length; i++) {
                work[i] = threads.submit(() -> {
                    archive.stage(ID);
                    archive.status(ID);
                    return pulled(100_000).length;
                });
            }
            for (Future<?> one : work) {
                assertThat(one.get()).isEqualTo(100_000);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.mostAtOnce()).isBetween(2, 4);
    }

    @Test
    void aTurnThatDoesNotComeIsWaitedForAsLongAsForAByte() throws IOException {
        held(10_000_000);
        try (PacificaArchive one = new PacificaArchive(server.url(), TIMEOUT, 1)) {
            try (InputStream open = one.pull(ID, 0, 10_000_000)) {
                assertThat(open.read()).isZero();
                assertThatThrownBy(() -> one.status(ID))
                        .isInstanceOf(ArchiveException.Unreachable.class)
                        .hasMessage("no other request may be sent while those under way go on: none ended for 1500 ms");
            }
            assertThat(one.status(ID).size()).isEqualTo(10_000_000);
        }
    }

    @Test
    void closingTheArchiveCutsWhatIsUnderWay() throws IOException {
        held(10_000_000);
        InputStream content = archive.pull(ID, 0, 10_000_000);
        archive.close();
        assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
        content.close();
    }

    @Test
    void requestsAtOnceCorruptEachOtherWhereTheArchiveHasThatFault() throws Exception {
        byte[] content = held(30_000_000);
        server.corruptWhenConcurrent(true);
        assertThat(pulled(content.length)).isEqualTo(content);
        // One that waits for as long as it takes to read the other's body.
        try (PacificaArchive patient = new PacificaArchive(server.url(), Duration.ofSeconds(60), 4);
                InputStream open = patient.pull(ID, 0, content.length)) {
            server.pause();
            CompletableFuture<Long> status =
                    CompletableFuture.supplyAsync(() -> patient.status(ID).size());
            await().until(() -> server.atOnce() == 2);
            byte[] rest = open.readAllBytes();
            server.resume();
            assertThat(status.get()).isEqualTo(content.length);
            assertThat(rest).hasSameSizeAs(content).isNotEqualTo(content);
        }
    }
}
