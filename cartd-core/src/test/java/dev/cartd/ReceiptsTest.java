package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.LocalScheduler;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.spi.CartStore;
import dev.cartd.volume.LastingStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Recalls whose receipts are stored with the cart, at an archive that hears of their ends. */
class ReceiptsTest {
    private static final int BATCH = 2;

    @TempDir
    private Path volume;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T02:00:00Z"));
    private final ScriptedArchive files = new ScriptedArchive();
    private final CartStore store = LastingStore.empty(now::get);
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> failures = Collections.synchronizedMap(new HashMap<>());
    private volatile boolean deaf;
    private Optional<Cartd> started = Optional.empty();

    /** Gives a receipt for each recall: its number. */
    private final class Recalling implements Archive {
        @Override
        public int batch() {
            return BATCH;
        }

        @Override
        public Staged stage(List<String> ids) {
            ids.forEach(files::stage);
            String receipt = "r" + heard("stage").size();
            heard.add("stage " + receipt + " " + ids);
            return new Staged(Optional.of(receipt), Map.of());
        }

        @Override
        public Map<String, ArchiveException> failures(String receipt, List<String> ids) {
            heard.add("failures " + receipt + " " + ids);
            Map<String, ArchiveException> found = new HashMap<>();
            ids.stream()
                    .filter(failures::containsKey)
                    .forEach(id -> found.put(id, new ArchiveException.Refused(failures.getOrDefault(id, ""))));
            return found;
        }

        @Override
        public void release(String receipt, List<String> ids) {
            tell("release " + receipt + " " + ids);
        }

        @Override
        public void cancel(String receipt, List<String> ids) {
            tell("cancel " + receipt + " " + ids);
        }

        private void tell(String what) {
            heard.add(what);
            if (deaf) {
                throw new ArchiveException.Unreachable("gone fishing");
            }
        }

        @Override
        public void stage(String id) {
            files.stage(id);
        }

        @Override
        public Found status(String id) {
            return files.status(id);
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            return files.pull(id, from, size);
        }

        @Override
        public void close() {}
    }

    private List<String> heard(String verb) {
        synchronized (heard) {
            return heard.stream().filter(line -> line.startsWith(verb + " ")).toList();
        }
    }

    private Cartd start() {
        LocalScheduler scheduler = new LocalScheduler(4);
        Stream.concat(store.live(), store.deleted(Integer.MAX_VALUE).stream())
                .forEach(cart -> scheduler.wake(cart.id()));
        Cartd cartd = Cartd.builder(new Recalling(), volume)
                .store(store)
                .scheduler(scheduler)
                .clock(now::get)
                .settings(StageSettings.DEFAULT
                        .withRetries(2)
                        .withTapePatience(Duration.ofHours(9))
                        .withPause(Quick.PAUSE))
                .start();
        started = Optional.of(cartd);
        return cartd;
    }

    @AfterEach
    void close() {
        started.ifPresent(Cartd::close);
    }

    private CartRequest onTape(String uid, int count) {
        CartRequest request =
                files.request(uid, false, IntStream.range(0, count).map(i -> 10).toArray());
        request.items().forEach(item -> files.put(item.archiveId(), Archive.Medium.TAPE));
        return request;
    }

    private void bring(CartRequest request) {
        request.items().forEach(item -> files.put(item.archiveId(), Archive.Medium.DISK));
    }

    private static Cart ended(Cartd cartd, String uid) {
        await().until(() -> !cartd.status(uid).orElseThrow().status().inWork());
        return cartd.status(uid).orElseThrow();
    }

    private long recorded(Cart cart) {
        return store.recalled(cart.id(), 0, 100).size();
    }

    @Test
    void whatWasPulledIsReleasedByLists() {
        CartRequest request = onTape("x", 3);
        Cartd cartd = start();
        Cart cart = cartd.submit(request);
        await().until(() -> recorded(cart) == 3);
        assertThat(heard("release")).isEmpty();
        bring(request);
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(heard("release")).containsExactlyInAnyOrder("release r0 [x/0, x/1]", "release r1 [x/2]");
        assertThat(recorded(cart)).isZero();
        assertThat(cartd.delete("x")).isTrue();
        await().until(() -> store.files(cart.id()).isEmpty());
        assertThat(heard("cancel")).isEmpty();
    }

    @Test
    void anotherProcessLooksAgainAndReleases() {
        CartRequest request = onTape("x", 2);
        Cart cart = start().submit(request);
        await().until(() -> recorded(cart) == 2);
        close();
        heard.removeIf(line -> line.startsWith("failures"));
        Cartd second = start();
        await().until(() -> heard("failures").contains("failures r0 [x/0, x/1]"));
        bring(request);
        assertThat(ended(second, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(heard("stage")).hasSize(1);
        assertThat(heard("release")).containsExactly("release r0 [x/0, x/1]");
    }

    @Test
    void aDeletedCartsRecallsAreCancelled() {
        CartRequest request = onTape("x", 3);
        Cartd cartd = start();
        Cart cart = cartd.submit(request);
        await().until(() -> recorded(cart) == 3);
        assertThat(cartd.delete("x")).isTrue();
        await().until(() -> store.files(cart.id()).isEmpty());
        assertThat(heard("cancel")).containsExactlyInAnyOrder("cancel r0 [x/0, x/1]", "cancel r1 [x/2]");
    }

    @Test
    void aCancelIsTriedAgainByTheNextProcessToo() {
        CartRequest request = onTape("x", 2);
        Cartd cartd = start();
        Cart cart = cartd.submit(request);
        await().until(() -> recorded(cart) == 2);
        deaf = true;
        cartd.delete("x");
        await().until(() -> heard("cancel").size() > 1);
        assertThat(volume.resolve(Long.toString(cart.id()))).doesNotExist();
        close();
        deaf = false;
        start();
        await().until(() -> store.files(cart.id()).isEmpty());
    }

    @Test
    void aReleaseThatTheArchiveDoesNotHearHoldsNobodyUp() {
        CartRequest request = onTape("x", 2);
        Cartd cartd = start();
        Cart cart = cartd.submit(request);
        await().until(() -> recorded(cart) == 2);
        deaf = true;
        bring(request);
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(recorded(cart)).isEqualTo(2);
        deaf = false;
        cartd.delete("x");
        await().until(() -> store.files(cart.id()).isEmpty());
        assertThat(heard("cancel")).contains("cancel r0 [x/0, x/1]");
    }

    @Test
    void aFailedRecallEndsTheCartWithTheArchivesReason() {
        failures.put("x/1", "tape V00017 is broken");
        Cartd cartd = start();
        cartd.submit(onTape("x", 2));
        assertThat(ended(cartd, "x").reason()).isEqualTo("Failed to stage file d1/f1: tape V00017 is broken");
    }

    @Test
    void aFileThatIsThereTwiceIsReleasedOnce() {
        CartRequest one = onTape("x", 1);
        CartRequest twice = new CartRequest(
                "x",
                false,
                Stream.concat(one.items().stream(), Stream.of(files.item("x/0", "again")))
                        .toList());
        Cartd cartd = start();
        Cart cart = cartd.submit(twice);
        await().until(() -> recorded(cart) == 2);
        bring(one);
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(heard("release")).containsExactly("release r0 [x/0]");
        assertThat(recorded(cart)).isZero();
    }

    @Test
    void aRecallInPlaceOfAnotherEndsThatOne() {
        CartRequest request = onTape("x", 2);
        Cartd cartd = start();
        Cart cart = cartd.submit(request);
        await().until(() -> recorded(cart) == 2);
        WorkingTime.pass(cartd, request, now, Duration.ofMinutes(59));
        WorkingTime.pass(cartd, request, now, Duration.ofSeconds(90));
        // From here on the time stands still: half a minute after an hour each step asks again.
        await().until(() -> {
            cartd.wake(cart.id());
            return heard("stage").size() > 1;
        });
        bring(request);
        await().until(() -> {
            cartd.wake(cart.id()); // Else it is looked at a minute later.
            return !cartd.status("x").orElseThrow().status().inWork();
        });
        assertThat(cartd.status("x").orElseThrow().status()).isEqualTo(CartStatus.READY);
        assertThat(heard("cancel")).contains("cancel r0 [x/0, x/1]");
        assertThat(heard("release")).hasSize(1).doesNotContain("release r0 [x/0, x/1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b", "two\nlines", "\ud800"})
    void notEveryTextIsAReceipt(String text) {
        assertThat(Archive.isStorable(text)).isFalse();
        assertThatThrownBy(() -> new Archive.Staged(Optional.of(text), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReceiptIsNotLong() {
        assertThat(Archive.isStorable("é".repeat(Archive.MAX_TEXT))).isTrue();
        assertThat(Archive.isStorable("r".repeat(10_000))).isFalse();
    }
}
