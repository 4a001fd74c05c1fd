package dev.cartd.cli;

import dev.cartd.Cartd;
import dev.cartd.CartdBuilder;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.server.CartdServer;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A download while tapes bring the files, in random order. */
class GetWhileStagingTest {
    private static final int TAPE_SECONDS = Integer.getInteger("get.tape", 5);
    private static final int FILES = Integer.getInteger("get.files", 100);
    private static final int SIZE = 20_000;
    private static final long SECOND = 1_000_000_000;

    private final ScriptedArchive archive = new ScriptedArchive();

    @TempDir
    private Path directory;

    private final CartRequest request = archive.request(
            "tapes", false, IntStream.range(0, FILES).map(i -> SIZE).toArray());
    private final List<String> ids = new ArrayList<>(
            request.items().stream().map(CartRequest.Item::archiveId).toList());

    @BeforeEach
    void areOnTape() {
        ids.forEach(id -> archive.put(id, Archive.Medium.TAPE));
        Collections.shuffle(ids, new Random(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hasEachFileThatIsThereBeforeTheNextTape(boolean bundle) throws Exception {
        try (Cartd cartd = Quick.builder(archive, directory.resolve("volume")).start();
                CartdServer server = CartdServer.start(cartd, ServerConfig.DEFAULT.withPort(0))) {
            cartd.submit(new CartRequest("tapes", bundle, request.items()));
            CompletableFuture<Integer> exit =
                    CompletableFuture.supplyAsync(() -> get("http://127.0.0.1:" + server.port() + "/tapes"));
            for (int there = 0; there < FILES; there += FILES / 4) {
                int next = there + FILES / 4;
                ids.subList(there, next).forEach(id -> archive.put(id, Archive.Medium.DISK));
                await().ignoreExceptions().until(() -> complete() == next);
            }
            assertThat(exit.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    /**
     * {@code -Dget.tape=120 -Dget.files=1000} is how long the tapes take, in seconds, and for how many files, over a
     * line on which the files alone take five sixths of that time.
     */
    @Test
    @EnabledIfSystemProperty(named = "get.tape", matches = "\\d+")
    void hasTheLastByteSoonAfterTheLastTape() throws Exception {
        Path volume = directory.resolve("volume");
        CartdBuilder builder = TAPE_SECONDS < 60 ? Quick.builder(archive, volume) : Cartd.builder(archive, volume);
        try (Cartd cartd = builder.start();
                CartdServer server = CartdServer.start(cartd, ServerConfig.DEFAULT.withPort(0));
                BadLine line = new BadLine(server.port())) {
            line.rate((long) FILES * SIZE * 6 / 5 / TAPE_SECONDS);
            cartd.submit(request);
            Instant submitted = Instant.now();
            long begin = System.nanoTime();
            Thread tapes = new Thread(() -> bring(begin));
            tapes.start();
            int exit = get(line.url("/tapes"));
            double all = (System.nanoTime() - begin) / (double) SECOND;
            tapes.join();
            assertThat(exit).isZero();
            Instant ready = cartd.status("tapes").flatMap(Cart::ready).orElseThrow();
            double staged = Duration.between(submitted, ready).toMillis() / 1000.0;
            System.out.printf(
                    Locale.ROOT,
                    "tapes: %d s, cart ready: %.1f s, download: %.1f s, %d lists, %,d bytes%n",
                    TAPE_SECONDS,
                    staged,
                    all,
                    line.requests("state=staged"),
                    line.bytes());
            // A look at the cart comes every half second.
            assertThat(all).isBetween((double) TAPE_SECONDS, 1.1 * TAPE_SECONDS + 1.5);
        }
    }

    /** How many files of the download have their last byte. */
    private long complete() throws IOException {
        Path target = directory.resolve("target");
        if (!Files.isDirectory(target)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(target)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() == SIZE)
                    .count();
        }
    }

    private void bring(long begin) {
        for (int i = 0; i < ids.size(); i++) {
            long at = begin + (i + 1L) * TAPE_SECONDS * SECOND / ids.size();
            LockSupport.parkNanos(at - System.nanoTime());
            archive.put(ids.get(i), Archive.Medium.DISK);
        }
    }

    private int get(String link) {
        String[] words = {"get", link, directory.resolve("target").toString()};
        return Program.here(Map.of("HOME", directory.toString()), words).exit();
    }
}
