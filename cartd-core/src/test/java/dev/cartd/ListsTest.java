package dev.cartd;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Files of a cart at an archive that is asked for many files at once. */
class ListsTest {
    private static final int BATCH = 500;

    @TempDir
    private Path volume;

    private final ScriptedArchive files = new ScriptedArchive();
    private final List<String> lists = Collections.synchronizedList(new ArrayList<>());
    private final List<String> refused = Collections.synchronizedList(new ArrayList<>());
    private Optional<Cartd> started = Optional.empty();
    private volatile boolean away;

    /** Takes lists, and has a word for each of them. */
    private final class Listing implements Archive {
        @Override
        public int batch() {
            return BATCH;
        }

        @Override
        public Staged stage(List<String> ids) {
            note("stage", ids);
            ids.forEach(files::stage);
            return new Staged(Optional.empty(), Map.of());
        }

        @Override
        public Map<String, Status> status(List<String> ids) {
            note("status", ids);
            if (!Collections.disjoint(ids, refused)) {
                throw new ArchiveException.Refused("one of " + ids.size() + " is broken");
            }
            return Archive.super.status(ids);
        }

        private void note(String verb, List<String> ids) {
            assertThat(ids).doesNotHaveDuplicates().hasSizeBetween(1, BATCH);
            lists.add(verb + " " + ids.size());
            if (away) {
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

    private Cartd start(StageSettings settings) {
        Cartd cartd = Cartd.builder(new Listing(), volume).settings(settings).start();
        started = Optional.of(cartd);
        return cartd;
    }

    private Cartd start() {
        return start(StageSettings.DEFAULT.withRetries(3).withPause(Quick.PAUSE));
    }

    @AfterEach
    void close() {
        started.ifPresent(Cartd::close);
    }

    private static Cart ended(Cartd cartd, String uid) {
        await().until(() -> !cartd.status(uid).orElseThrow().status().inWork());
        return cartd.status(uid).orElseThrow();
    }

    private CartRequest thousand() {
        return files.request("x", false, IntStream.range(0, 1000).map(i -> 10).toArray());
    }

    @Test
    void aThousandFilesOnDiskCostTwoRequests() {
        Cartd cartd = start();
        cartd.submit(thousand());
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(lists).containsExactly("status 500", "status 500");
    }

    @Test
    void aThousandFilesOnTapeCostFourRequestsAndLooks() {
        CartRequest request = thousand();
        IntStream.range(0, 1000).forEach(i -> files.put("x/" + i, Archive.Medium.TAPE));
        Cartd cartd = start();
        cartd.submit(request);
        await().until(() -> lists.size() >= 6);
        assertThat(lists.subList(0, 4)).containsExactlyInAnyOrder("status 500", "stage 500", "status 500", "stage 500");
        IntStream.range(0, 1000).forEach(i -> files.put("x/" + i, Archive.Medium.DISK));
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(lists.subList(4, lists.size())).containsOnly("status 500");
    }

    @Test
    void aFileThatIsThereTwiceIsAskedForOnce() {
        CartRequest one = files.request("x", false, 10);
        CartRequest twice = new CartRequest(
                "x",
                false,
                Stream.concat(one.items().stream(), Stream.of(files.item("x/0", "again")))
                        .toList());
        Cartd cartd = start();
        cartd.submit(twice);
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(lists).containsExactly("status 1");
    }

    @Test
    void oneMissingFileEndsTheCartByItsName() {
        CartRequest request = thousand();
        files.remove("x/700");
        Cartd cartd = start();
        cartd.submit(request);
        assertThat(ended(cartd, "x").reason()).isEqualTo("Failed to stage file d1/f700: the archive does not have it");
        assertThat(lists).contains("status 500").allMatch(list -> list.equals("status 500") || list.equals("status 1"));
    }

    @Test
    void aListThatIsRefusedIsTriedAsAList() {
        CartRequest request = thousand();
        refused.add("x/3");
        files.put("x/3", Archive.Medium.TAPE);
        Cartd cartd = start();
        cartd.submit(request);
        await().until(() -> lists.size() >= 4);
        refused.clear();
        files.put("x/3", Archive.Medium.DISK);
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(lists).allMatch(list -> list.endsWith(" 500") || list.equals("status 1"));
    }

    @Test
    void anArchiveThatIsAwayIsAskedByFewLists() {
        away = true;
        Cartd cartd = start();
        cartd.submit(thousand());
        await().until(() ->
                cartd.status("x").orElseThrow().message(Instant.now()).contains("gone fishing"));
        away = false;
        assertThat(ended(cartd, "x").status()).isEqualTo(CartStatus.READY);
        assertThat(lists).allMatch("status 500"::equals);
    }
}
