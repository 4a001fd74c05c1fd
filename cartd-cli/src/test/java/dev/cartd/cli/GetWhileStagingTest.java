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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a download takes while tapes bring the files, one after the other in random order, over a line on which the
 * files alone take five sixths of that time. {@code -Dget.tape=120 -Dget.files=1000} is how long the tapes take, in
 * seconds, and for how many files.
 */
class GetWhileStagingTest {
    private static final int TAPE_SECONDS = Integer.getInteger("get.tape", 5);
    private static final int FILES = Integer.getInteger("get.files", 100);
    private static final int SIZE = 20_000;
    private static final long SECOND = 1_000_000_000;

    private final ScriptedArchive archive = new ScriptedArchive();

    @TempDir
    private Path directory;

    @Test
    void hasTheLastByteSoonAfterTheLastTape() throws Exception {
        CartRequest request = archive.request(
                "tapes", false, IntStream.range(0, FILES).map(i -> SIZE).toArray());
        List<String> ids = new ArrayList<>(
                request.items().stream().map(CartRequest.Item::archiveId).toList());
        ids.forEach(id -> archive.put(id, Archive.Medium.TAPE));
        Collections.shuffle(ids, new Random(1));
        Path volume = directory.resolve("volume");
        CartdBuilder builder = TAPE_SECONDS < 60 ? Quick.builder(archive, volume) : Cartd.builder(archive, volume);
        try (Cartd cartd = builder.start();
                CartdServer server = CartdServer.start(cartd, ServerConfig.DEFAULT.withPort(0));
                BadLine line = new BadLine(server.port())) {
            line.rate((long) FILES * SIZE * 6 / 5 / TAPE_SECONDS);
            cartd.submit(request);
            Instant submitted = Instant.now();
            long begin = System.nanoTime();
            Thread tapes = new Thread(() -> bring(ids, begin));
            tapes.start();
            int exit = get(line.url("/tapes"));
            double all = (System.nanoTime() - begin) / (double) SECOND;
            tapes.join();
            assertThat(exit).isZero();
            if (Integer.getInteger("get.tape") != null) {
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
            }
            // A look at the cart comes every half second.
            assertThat(all).isBetween((double) TAPE_SECONDS, 1.1 * TAPE_SECONDS + 1.5);
        }
    }

    private void bring(List<String> ids, long begin) {
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
