package dev.cartd.cli;

import dev.cartd.Cartd;
import dev.cartd.Quick;
import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartRequest;
import dev.cartd.server.CartdServer;
import dev.cartd.server.ServerConfig;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.cartd.Waiting.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code cartd get} against a real server, over a line that does what it likes. */
@Timeout(value = 60, unit = SECONDS)
class GetCommandTest {
    private static final String UID = "my_cart";
    private static final String FILES = "/-/carts/" + UID + "/files/";

    private final ScriptedArchive archive = new ScriptedArchive();
    private Cartd cartd;
    private CartdServer server;
    private BadLine line;
    private Path target;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        cartd = Quick.builder(archive, directory.resolve("volume")).start();
        server = serve();
        line = new BadLine(server.port());
        target = directory.resolve("target");
    }

    @AfterEach
    void stop() throws IOException {
        line.close();
        server.close();
        cartd.close();
    }

    private CartdServer serve() {
        return CartdServer.start(cartd, ServerConfig.DEFAULT.withPort(0).withStopTimeout(Duration.ofMillis(1)));
    }

    @Test
    void fetchesAllFilesWithTheirTimesAndNothingTwice() throws IOException {
        CartRequest request = request("a", "dir/b", "dir/sub dir/測 ü+%25?#", ".hidden", "dir2/empty");
        archive.replace("4", new byte[0]);
        request = again(request);
        submit(request);

        Program ended = get(line.url("/" + UID), target.toString());
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("5 of 5 files are there and proven: " + target + System.lineSeparator());
        assertSame(request);
        assertThat(target.resolve(".cartd-get")).doesNotExist();
        assertThat(Files.getLastModifiedTime(target.resolve("dir/b")))
                .isEqualTo(FileTime.from(ScriptedArchive.MTIME, SECONDS));
        assertThat(line.requests(FILES)).isEqualTo(4);

        Files.delete(target.resolve("a"));
        assertThat(get(line.url("/-/carts/" + UID + "/"), target.toString()).exit())
                .isZero();
        assertSame(request);
        assertThat(line.requests(FILES)).isEqualTo(5);
    }

    @Test
    void fetchesEachFileAsSoonAsItIsStaged() {
        CartRequest request = request("a", "b", "c");
        archive.put("1", Archive.Medium.TAPE);
        cartd.submit(request);
        CompletableFuture<Program> running =
                CompletableFuture.supplyAsync(() -> get(line.url("/" + UID), target.toString()));
        await().untilAsserted(() -> assertThat(target.resolve("c")).exists());
        await().untilAsserted(() -> assertThat(target.resolve("a")).exists());
        assertThat(cartd.status(UID).orElseThrow().status().inWork()).isTrue();
        assertThat(target.resolve("b")).doesNotExist();

        archive.put("1", Archive.Medium.DISK);
        assertThat(running.join().exit()).as(running.join().err()).isZero();
        assertSame(request);
    }

    @Test
    void fetchesTheFilesOfABundledCartBeforeItIsReady() {
        CartRequest request = new CartRequest(UID, true, request("a", "d/b").items());
        archive.put("1", Archive.Medium.TAPE);
        cartd.submit(request);
        CompletableFuture<Program> running =
                CompletableFuture.supplyAsync(() -> get(line.url("/" + UID), target.toString()));
        await().untilAsserted(() -> assertThat(target.resolve("a")).exists());
        assertThat(cartd.status(UID).orElseThrow().status().inWork()).isTrue();
        archive.put("1", Archive.Medium.DISK);
        assertThat(running.join().exit()).as(running.join().err()).isZero();
        assertSame(request);
    }

    @Test
    void goesOnWhereALineWasCut() {
        CartRequest request = large(6, 300_000);
        submit(request);
        line.cutAfter(100_000);
        Program ended = get("--connections=3", line.url("/" + UID), target.toString());
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertSame(request);
        assertThat(line.bytes()).isBetween(6 * 300_000L, 4 * 6 * 300_000L);
    }

    @Test
    void goesOnAfterTheServerWasAwayAndInAnotherProcess() {
        CartRequest request = large(1, 600_000);
        submit(request);
        line.cutAfter(200_000);
        line.rate(400_000);
        CompletableFuture<Program> running = CompletableFuture.supplyAsync(
                () -> get("--give-up-after=1.5s", line.url("/" + UID), target.toString()));
        await().until(() -> line.bytes() > 100_000);
        server.close();
        assertThat(running.join().exit()).isEqualTo(3);
        assertThat(running.join().err()).contains("gave up after", "the same command goes on where it was");
        assertThat(target.resolve("d0")).doesNotExist();

        line.rate(Long.MAX_VALUE);
        running = CompletableFuture.supplyAsync(() -> get(line.url("/" + UID), target.toString()));
        server = serve();
        line.to(server.port());
        assertThat(running.join().exit()).as(running.join().err()).isZero();
        assertSame(request);
        assertThat(line.bytes()).isLessThan(2 * 600_000);
    }

    @Test
    void fetchesAgainWhatAnotherProcessLeftDamaged() throws IOException {
        CartRequest request = large(1, 100_000);
        submit(request);
        String key = "d0\0md5\0" + request.items().get(0).checksum().value();
        Path parts = Files.createDirectories(target.resolve(".cartd-get/files"));
        Path part = parts.resolve(ScriptedArchive.hash("SHA-256", key.getBytes(StandardCharsets.UTF_8)) + ".part");
        Files.write(part, new byte[50_000]);
        Program ended = get(line.url("/" + UID), target.toString());
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertSame(request);
        assertThat(line.requests(FILES)).isEqualTo(2);
    }

    @Test
    void saysWhyACartFailedAndKeepsWhatIsThere() {
        CartRequest request = request("a", "b");
        archive.put("1", Archive.Medium.TAPE);
        cartd.submit(request);
        CompletableFuture<Program> running =
                CompletableFuture.supplyAsync(() -> get(line.url("/" + UID), target.toString()));
        await().untilAsserted(() -> assertThat(target.resolve("a")).exists());
        archive.remove("1");
        assertThat(running.join().exit()).isEqualTo(1);
        assertThat(running.join().err()).contains("cartd: the cart failed: ", "the archive does not have it");
        assertThat(target.resolve("a")).hasBinaryContent(archive.bytes("0"));
    }

    @Test
    void saysThatACartIsGone() {
        assertThat(get(line.url("/" + UID), target.toString()))
                .satisfies(ended -> assertThat(ended.exit()).isEqualTo(1))
                .satisfies(ended -> assertThat(ended.err()).contains("does not exist"));
        submit(request("a"));
        cartd.delete(UID);
        assertThat(get(line.url("/" + UID), target.toString()).err())
                .contains("the cart " + line.url("/" + UID) + " is gone: The cart ");
    }

    @Test
    void replacesNothing() throws IOException {
        CartRequest request = request("a", "b", "link/c", "d");
        submit(request);
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createDirectory(target);
        Files.writeString(target.resolve("a"), "my own");
        Files.createSymbolicLink(target.resolve("b"), outside.resolve("b"));
        Files.createSymbolicLink(target.resolve("link"), outside);
        Program ended = get(line.url("/" + UID), target.toString());
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .contains(
                        "cartd: a: another file is there already",
                        "cartd: b: a link is in its place",
                        "cartd: link/c: ")
                .endsWith("cartd: 1 of 4 files are there and proven, 3 failed" + System.lineSeparator());
        assertThat(target.resolve("a")).hasContent("my own");
        assertThat(outside).isEmptyDirectory();
        assertThat(target.resolve("d")).hasBinaryContent(archive.bytes("3"));
    }

    @Test
    void makesTheCartOfAListAndComesBackToIt() throws IOException {
        archive.add("x/1", 1000);
        Path list = directory.resolve("cart.json");
        Files.writeString(
                list,
                "{\"fileids\": [{\"id\": \"x/1\", \"path\": \"one\", \"hashtype\": \"md5\", \"hashsum\": \""
                        + ScriptedArchive.hash("MD5", archive.bytes("x/1")) + "\"}]}");
        String[] command = {"--server", line.url(""), "--list", list.toString(), target.toString()};
        Program first = get(command);
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out())
                .matches("cart " + line.url("/get-[0-9a-f]{32}") + "\\R" + "1 of 1 files are there and proven: "
                        + target + "\\R");
        assertThat(target.resolve("one")).hasBinaryContent(archive.bytes("x/1"));
        assertThat(get(command).out()).isEqualTo(first.out());
        assertThat(cartd.list().toList()).hasSize(1);
        command[4] = directory.resolve("other").toString();
        assertThat(get(command).exit()).isZero();
        assertThat(cartd.list().toList()).hasSize(2);
        Files.writeString(list, "{}");
        assertThat(get(command).err()).contains("the server refuses: it answers 400: fileids: missing");
    }

    @Test
    void fetchesATarOverABadLineAndProvesIt() throws IOException {
        CartRequest request = large(4, 100_000);
        submit(request);
        Path tar = directory.resolve("out/my.tar");
        line.cutAfter(150_000);
        Program ended = get("--tar", tar.toString(), line.url("/" + UID));
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("4 of 4 files are there and proven: " + tar + System.lineSeparator());
        Contents.assertSame(Contents.ofTar(Files.readAllBytes(tar)), "my", contents(request));
        assertThat(tar.resolveSibling(".cartd-get")).doesNotExist();
        long before = line.bytes();
        assertThat(get("--tar", tar.toString(), line.url("/" + UID)).exit()).isZero();
        assertThat(line.bytes() - before).isLessThan(20_000);

        byte[] bytes = Files.readAllBytes(tar);
        bytes[1600] ^= 1;
        Files.write(tar, bytes);
        assertThat(get("--tar", tar.toString(), line.url("/" + UID)).err()).contains("in the tar is wrong: its md5 is");
        assertThat(tar).hasBinaryContent(bytes);
    }

    @Test
    void goesOnWithATarInAnotherProcess() throws IOException {
        CartRequest request = large(2, 400_000);
        submit(request);
        Path tar = directory.resolve("my.tar");
        line.rate(400_000);
        CompletableFuture<Program> running = CompletableFuture.supplyAsync(
                () -> get("--give-up-after=0.5s", "--tar", tar.toString(), line.url("/" + UID)));
        await().until(() -> line.bytes() > 200_000);
        line.cutAfter(0);
        line.cut();
        assertThat(running.join().exit()).isEqualTo(3);
        assertThat(tar).doesNotExist();
        line.cutAfter(Long.MAX_VALUE);
        line.rate(Long.MAX_VALUE);
        long before = line.bytes();
        Program ended = get("--tar", tar.toString(), line.url("/" + UID));
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(line.bytes() - before).isLessThan(800_000 - 100_000);
        Contents.assertSame(Contents.ofTar(Files.readAllBytes(tar)), "my", contents(request));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not-a-url",
                "http://127.0.0.1/",
                "http://127.0.0.1/x a b",
                "http://127.0.0.1/%20",
                "--tar x http://127.0.0.1/x dir",
                "--server http://127.0.0.1/ dir",
                "--list x dir",
                "--connections 0 http://127.0.0.1/x",
                "--connections 65 http://127.0.0.1/x",
                "--give-up-after soon http://127.0.0.1/x"
            })
    void refusesAWrongCall(String words) {
        Program ended = get(words.isEmpty() ? new String[0] : words.split(" "));
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err().lines()).singleElement().asString().startsWith("cartd: ");
        assertThat(Path.of("x")).doesNotExist();
    }

    /** A cart of files {@code 0}, {@code 1}, … of the archive at these paths. */
    private CartRequest request(String... paths) {
        IntStream.range(0, paths.length).forEach(i -> archive.add("" + i, 1000 + i));
        return new CartRequest(
                UID,
                false,
                IntStream.range(0, paths.length)
                        .mapToObj(i -> archive.item("" + i, paths[i]))
                        .toList());
    }

    /** The same, with the hashes of what the archive has now. */
    private CartRequest again(CartRequest request) {
        return new CartRequest(
                UID,
                false,
                request.items().stream()
                        .map(item -> archive.item(item.archiveId(), item.path().value()))
                        .toList());
    }

    private CartRequest large(int count, int size) {
        CartRequest request =
                request(IntStream.range(0, count).mapToObj(i -> "d" + i).toArray(String[]::new));
        IntStream.range(0, count).forEach(i -> archive.add("" + i, size));
        return again(request);
    }

    private void submit(CartRequest request) {
        cartd.submit(request);
        await().until(() -> !cartd.status(UID).orElseThrow().status().inWork());
    }

    private Map<String, byte[]> contents(CartRequest request) {
        Map<String, byte[]> contents = new TreeMap<>();
        request.items().forEach(item -> contents.put(item.path().value(), archive.bytes(item.archiveId())));
        return contents;
    }

    private void assertSame(CartRequest request) {
        List<CartRequest.Item> items = request.items();
        assertThat(items)
                .allSatisfy(item -> assertThat(target.resolve(item.path().value()))
                        .hasBinaryContent(archive.bytes(item.archiveId())));
    }

    private Program get(String... arguments) {
        String[] words = Stream.concat(Stream.of("get"), Stream.of(arguments)).toArray(String[]::new);
        return Program.here(Map.of("HOME", directory.toString()), words);
    }
}
