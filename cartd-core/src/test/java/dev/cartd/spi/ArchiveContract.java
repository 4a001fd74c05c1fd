package dev.cartd.spi;

import dev.cartd.spi.Archive.Found;
import dev.cartd.spi.Archive.Medium;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What every {@link Archive} promises. A subclass says how files get into its archive. The tests are public since
 * subclasses are in other packages, and other modules.
 */
public abstract class ArchiveContract {
    private static final String ID = "dir/file.dat";
    private static final long MTIME = 1_473_806_059;

    /** For subclasses. */
    protected ArchiveContract() {}

    /** The archive under test, the same one during a test. */
    protected abstract Archive archive();

    /** Puts a file into it, on disk, modified some hundred milliseconds after this second. */
    protected abstract void put(String id, byte[] content, long mtime) throws IOException;

    /**
     * Has the next pull of this file wait for ever somewhere after its first byte.
     *
     * @return whether this archive can be made to
     */
    protected boolean stall(String id) {
        return false;
    }

    /** Cuts the next pull of this file short, so that its end is seen as a failure; as {@link #stall}. */
    protected boolean cut(String id) {
        return false;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private byte[] held(String id, int size) throws IOException {
        byte[] content = random(size);
        put(id, content, MTIME);
        return content;
    }

    private byte[] pulled(String id, long from, long size) throws IOException {
        try (InputStream content = archive().pull(id, from, size)) {
            return content.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 3_000_000})
    public void tellsSizeAndTimeAndGivesTheContent(int size) throws IOException {
        byte[] content = held(ID, size);
        archive().stage(ID);
        assertThat(archive().status(ID)).isEqualTo(new Found(size, MTIME, Medium.DISK));
        assertThat(pulled(ID, 0, size)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535, 65_536, 65_537, 1_999_999, 2_000_000})
    public void pullsFromAnyByteOn(int from) throws IOException {
        byte[] content = held(ID, 2_000_000);
        assertThat(pulled(ID, from, content.length)).isEqualTo(Arrays.copyOfRange(content, from, 2_000_000));
    }

    @Test
    public void refusesToPullFromOutsideTheFile() {
        assertThatThrownBy(() -> archive().pull(ID, 6, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> archive().pull(ID, -1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    public void saysThatAFileIsMissing() throws IOException {
        held("another", 1);
        assertThatThrownBy(() -> archive().stage(ID)).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> archive().status(ID)).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> pulled(ID, 0, 5)).isInstanceOf(ArchiveException.Missing.class);
        assertThatThrownBy(() -> pulled(ID, 2, 5)).isInstanceOf(ArchiveException.Missing.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space",
                " ",
                "tail ",
                "a+b&c=d",
                "100%",
                "%41",
                "%2e%2e",
                "..%2fother",
                "%2e%2e%2fother",
                "q?byte_range=0-1",
                "#fragment",
                "a;b=c",
                "user@host:80",
                "~tilde-._",
                "...",
                "..a/.b",
                "back\\slash",
                "\\..\\other",
                "http:",
                "grüße/文件/😀",
                "'\"<>|*^`{}[]",
                "12345"
            })
    public void takesAnyIdToTheLetter(String id) throws IOException {
        held("other", 7);
        held("A", 8);
        byte[] content = held(id, 9);
        archive().stage(id);
        assertThat(archive().status(id).size()).isEqualTo(9);
        assertThat(pulled(id, 0, 9)).isEqualTo(content);
        assertThat(pulled(id, 4, 9)).isEqualTo(Arrays.copyOfRange(content, 4, 9));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/etc/passwd", "..", "../other", "dir/../other", ".", "./other", "dir//other", "other/"
            })
    public void neverLeavesTheArchive(String id) throws IOException {
        held("other", 7);
        held("dir/other", 7);
        assertThatThrownBy(() -> archive().stage(id)).isInstanceOf(ArchiveException.Refused.class);
        assertThatThrownBy(() -> archive().status(id)).isInstanceOf(ArchiveException.Refused.class);
        assertThatThrownBy(() -> pulled(id, 0, 5)).isInstanceOf(ArchiveException.Refused.class);
    }

    @Test
    public void answersForEachFileOfAList() throws IOException {
        held("one", 7);
        held("dir/two", 8);
        List<String> all = List.of("one", "missing", "dir/two", "../other");
        List<String> ids = all.subList(0, Math.min(all.size(), archive().batch()));
        assertThat(archive().stage(ids).failed()).doesNotContainKeys("one", "dir/two");
        Map<String, Archive.Status> answers = archive().status(ids);
        assertThat(answers).containsOnlyKeys(ids);
        assertThat(answers.get("one")).isEqualTo(new Found(7, MTIME, Medium.DISK));
        if (ids.size() == all.size()) {
            assertThat(answers.get("dir/two")).isEqualTo(new Found(8, MTIME, Medium.DISK));
            assertThat(archive().stage(ids).failed()).containsOnlyKeys("missing", "../other");
            assertThat(failure(answers, "missing")).isInstanceOf(ArchiveException.Missing.class);
            assertThat(failure(answers, "../other")).isInstanceOf(ArchiveException.Refused.class);
        }
    }

    @Test
    public void aReceiptCanBeGivenBackMoreThanOnce() throws IOException {
        held("one", 7);
        held("dir/two", 8);
        List<String> ids =
                List.of("one", "dir/two").subList(0, Math.min(2, archive().batch()));
        Archive.Staged staged = archive().stage(ids);
        String receipt = staged.receipt().orElse("r");
        assertThat(archive().failures(receipt, ids)).isEmpty();
        assertThatNoException().isThrownBy(() -> {
            archive().release(receipt, ids);
            archive().release(receipt, ids);
            archive().cancel(receipt, ids);
            archive().cancel(receipt, ids);
        });
        assertThat(pulled("one", 0, 7)).hasSize(7);
    }

    private static ArchiveException failure(Map<String, Archive.Status> answers, String id) {
        return ((Archive.Failed) Objects.requireNonNull(answers.get(id))).why();
    }

    @Test
    public void aReadAfterCloseFails() throws IOException {
        held(ID, 100_000);
        InputStream content = archive().pull(ID, 0, 100_000);
        assertThat(content.read()).isNotNegative();
        content.close();
        content.close();
        assertThatThrownBy(content::read).isInstanceOf(IOException.class);
    }

    @Test
    public void closingEndsAReadThatWaits() throws Exception {
        held(ID, 1_000_000);
        assumeTrue(stall(ID), "this archive cannot be made to wait");
        InputStream content = archive().pull(ID, 0, 1_000_000);
        content.readNBytes(400_000);
        CompletableFuture<Long> rest = new CompletableFuture<>();
        Thread reader = new Thread(() -> drain(content, rest));
        reader.start();
        await().pollInSameThread().until(() -> isReading(reader));
        long before = System.nanoTime();
        content.close();
        assertThatThrownBy(() -> rest.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(8));
        assertThat(pulled(ID, 0, 1_000_000)).hasSize(1_000_000);
    }

    private static void drain(InputStream content, CompletableFuture<Long> count) {
        try {
            count.complete(content.transferTo(OutputStream.nullOutputStream()));
        } catch (IOException e) {
            count.completeExceptionally(e);
        }
    }

    /** A thread that waits for a socket is runnable, in a native method; one that waits for another thread waits. */
    private static boolean isReading(Thread thread) {
        StackTraceElement[] frames = thread.getStackTrace();
        return frames.length > 0
                && frames[0].isNativeMethod()
                && (frames[0].getMethodName().contains("poll") || thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    public void aCutIsAFailureNotAnEnd() throws IOException {
        held(ID, 1_000_000);
        assumeTrue(cut(ID), "this archive cannot be made to break off");
        assertThatThrownBy(() -> pulled(ID, 0, 1_000_000)).isInstanceOf(IOException.class);
        assertThat(pulled(ID, 0, 1_000_000)).hasSize(1_000_000);
    }

    @Test
    public void servesManyThreadsAtOnce() throws Exception {
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            contents.add(held("many/" + i, 50_000 + i));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<byte[]>> pulls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String id = "many/" + i % 20;
                pulls.add(
                        threads.submit(() -> pulled(id, 0, archive().status(id).size())));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(pulls.get(i).get()).isEqualTo(contents.get(i % 20));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
