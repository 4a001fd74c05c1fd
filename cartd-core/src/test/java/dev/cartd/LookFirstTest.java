package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The archive is asked for the status of a file before it is asked to stage it: what is on disk needs no recall. */
class LookFirstTest {
    /** One try only: what counts as a failure of a file fails the cart. */
    private static final StageSettings ONE_TRY = StageSettings.DEFAULT
            .withRetries(1)
            .withTapePatience(Duration.ofHours(2))
            .withPause(Quick.PAUSE);

    @TempDir
    private Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final ScriptedArchive files = new ScriptedArchive();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private Optional<Cartd> started = Optional.empty();

    /** Lists what it is asked, and may refuse a status. */
    private class Listed implements Archive {
        private final List<String> refuses;

        Listed(String... refuses) {
            this.refuses = List.of(refuses);
        }

        @Override
        public void stage(String id) {
            requests.add("stage " + id);
            files.stage(id);
        }

        @Override
        public Found status(String id) {
            requests.add("status " + id);
            if (refuses.contains(id)) {
                throw new ArchiveException.Refused("the archive answers 500");
            }
            return files.status(id);
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            requests.add("pull " + id);
            return files.pull(id, from, size);
        }

        @Override
        public void close() {}
    }

    private Cartd start(Archive archive) {
        Cartd cartd =
                Cartd.builder(archive, volume).clock(now::get).settings(ONE_TRY).start();
        started = Optional.of(cartd);
        return cartd;
    }

    private static Cart ended(Cartd cartd, String uid) {
        await().until(() -> !cartd.status(uid).orElseThrow().status().inWork());
        return cartd.status(uid).orElseThrow();
    }

    @AfterEach
    void close() {
        started.ifPresent(Cartd::close);
    }

    @Test
    void whatIsOnDiskIsNotStaged() {
        Cartd cartd = start(new Listed());
        cartd.submit(files.request("x", false, 1000, 2000, 3000));

        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(requests)
                .containsExactlyInAnyOrder(
                        "status x/0", "status x/1", "status x/2", "pull x/0", "pull x/1", "pull x/2");
    }

    @Test
    void whatIsOnTapeIsStagedBeforeTheFirstFileIsPulled() {
        CartRequest request = files.request("x", false, 1000, 2000, 3000);
        files.put("x/1", Archive.Medium.TAPE).put("x/2", Archive.Medium.TAPE);
        Cartd cartd = start(new Listed());
        cartd.submit(request);
        await().until(() -> requests.contains("pull x/0"));
        files.put("x/1", Archive.Medium.DISK).put("x/2", Archive.Medium.DISK);

        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(requests.stream().filter(line -> line.startsWith("stage")))
                .containsExactlyInAnyOrder("stage x/1", "stage x/2");
        assertThat(requests.indexOf("pull x/0"))
                .isGreaterThan(requests.indexOf("stage x/1"))
                .isGreaterThan(requests.indexOf("stage x/2"));
    }

    @Test
    void aRefusedStatusIsNotCountedButAsksForTheReason() {
        CartRequest request = files.request("x", false, 1000);
        CartRequest missing = new CartRequest("gone", false, request.items());
        Cartd cartd = start(new Listed("x/0"));
        files.remove("x/0");
        cartd.submit(missing);

        assertThat(ended(cartd, "gone").reason()).isEqualTo("Failed to stage file d0/f0: the archive does not have it");
        assertThat(requests).startsWith("status x/0", "stage x/0");
    }

    @Test
    void whatGoesToTapeBeforeItIsPulledIsStagedAndNotCounted() {
        CartRequest request = files.request("x", false, 1000);
        Cartd cartd = start(new Listed() {
            @Override
            public Found status(String id) {
                Found found = super.status(id);
                // Once it said that the file is on disk, the file goes to tape; a stage request brings it back.
                files.put(id, requests.contains("stage x/0") ? Medium.DISK : Medium.TAPE);
                return found;
            }
        });
        cartd.submit(request);

        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(requests).containsOnlyOnce("stage x/0");
    }

    @Test
    void aFileThatIsNeverOnDiskWhenItIsPulledEndsTheCart() {
        CartRequest request = files.request("x", false, 1000);
        Cartd cartd = start(new Listed() {
            private boolean onTape = true;

            @Override
            public synchronized Found status(String id) {
                onTape = !onTape;
                files.put(id, onTape ? Medium.TAPE : Medium.DISK);
                Found found = super.status(id);
                files.put(id, Medium.TAPE);
                return found;
            }
        });
        cartd.submit(request);
        await().until(() -> requests.stream().filter("pull x/0"::equals).count() > 3);
        WorkingTime.pass(cartd, request, now, Duration.ofHours(5));

        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.ERROR);
    }
}
