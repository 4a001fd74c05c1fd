package dev.cartd.server;

import dev.cartd.ScriptedArchive;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartRequest.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Manifests and Metalink documents, and what well known programs make of them. */
class ProofTest {
    private static final String ODD = "ünï/\u65e5\u672c \ud83d\ude00 '<&>\" %41 \\ back";

    @TempDir
    private Path volume;

    @TempDir
    private Path there;

    private Serving serving;
    private ScriptedArchive archive;

    @BeforeEach
    void start() {
        serving = new Serving(volume);
        archive = serving.archive;
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private Item item(String id, String path, String type, String algorithm) {
        return archive.add(id, 5000).item(id, path, type, algorithm);
    }

    private String hash(String algorithm, String id) {
        return ScriptedArchive.hash(algorithm, archive.bytes(id));
    }

    private void ready(String uid, boolean bundle, Item... items) {
        serving.awaitReady(new CartRequest(uid, bundle, List.of(items)));
    }

    /** Runs a program; tells what it said, and its exit code. */
    private String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(there.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            System.err.println("SKIPPED, since it is not installed: " + command[0]);
            assumeThat(command[0]).as("an installed program").isEmpty();
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + "\n" + said;
    }

    private void save(String target, String name) throws IOException {
        Files.write(there.resolve(name), serving.get(target).body());
    }

    @Test
    void theManifestListsEachFile() throws IOException {
        ready("one", false, item("a", "d/a", "md5", "MD5"), item("b", "b", "MD5", "MD5"));

        HttpResponse<byte[]> reply = serving.get("/-/carts/one/manifest?filename=my.tar");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(Serving.text(reply)).isEqualTo(hash("MD5", "a") + "  my/d/a\n" + hash("MD5", "b") + "  my/b\n");
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(Serving.header(reply, "Content-Disposition")).isEqualTo("attachment; filename=\"one.md5\"");
        assertThat(Serving.header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
        HttpResponse<byte[]> head = serving.ask("HEAD", "/-/carts/one/manifest");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(Serving.header(head, "Content-Type")).isEqualTo("text/plain;charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource({
        "false, ?top=x, x/a",
        "false, ?top=, a",
        "false, ?top=..%2F..%2Fx, .._.._x/a",
        "false, ?top=.., data/a",
        "false, ?filename=x.tar&top=y, y/a",
        "false, ?filename=..%2Fx.tar, .._x/a",
        "true, '', one/a",
        "true, ?filename=x.tar, one/a",
        "true, ?top=x, x/a",
    })
    void theDirectoryIsThatOfTheTarOrAnother(boolean bundle, String query, String path) throws IOException {
        ready("one", bundle, item("a", "a", "md5", "MD5"));
        assertThat(Serving.text(serving.get("/-/carts/one/manifest" + query)))
                .isEqualTo(hash("MD5", "a") + "  " + path + "\n");
    }

    @Test
    void theDirectoryIsThatOfTheTarWithoutAName() throws IOException {
        ready("one", false, item("a", "a", "md5", "MD5"));
        String disposition = Serving.header(serving.get("/one"), "Content-Disposition");
        String top = disposition.replaceAll(".*filename=\"(.*)\\.tar\"", "$1");
        assertThat(Serving.text(serving.get("/-/carts/one/manifest"))).endsWith("  " + top + "/a\n");
    }

    @Test
    void eachTypeOfHashHasItsManifest() throws IOException {
        ready("two", true, item("a", "a", "md5", "MD5"), item("b", "b", "sha256", "SHA-256"));

        assertThat(Serving.text(serving.get("/-/carts/two/manifest?type=SHA-256")))
                .isEqualTo(hash("SHA-256", "b") + "  two/b\n");
        assertThat(Serving.text(serving.get("/-/carts/two/manifest?type=md5")))
                .isEqualTo(hash("MD5", "a") + "  two/a\n");
        HttpResponse<byte[]> untold = serving.get("/-/carts/two/manifest");
        assertThat(untold.statusCode()).isEqualTo(400);
        assertThat(Serving.text(untold)).contains("several types: md5, sha256");
        assertThat(serving.get("/-/carts/two/manifest?type=sha1").statusCode()).isEqualTo(400);
        assertThat(serving.json("/-/carts/two").get("links").get("manifests")).hasSize(2);
    }

    @Test
    void whatIsNoHashIsInNoManifest() throws IOException {
        archive.add("a", 1).add("b", 1);
        serving.cartd.submit(new CartRequest(
                "bad", false, List.of(Item.of("a", "a", "md5", "x\nfaked  b"), Item.of("b", "b", "crc", "0"))));
        assertThat(serving.get("/-/carts/bad/manifest").body()).isEmpty();
        serving.cartd.submit(new CartRequest("worse", false, List.of(Item.of("b", "b", "crc", "0"))));
        assertThat(serving.get("/-/carts/worse/manifest").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256sum", "md5sum"})
    void theManifestProvesATar(String program) throws IOException, InterruptedException {
        boolean md5 = program.equals("md5sum");
        String type = md5 ? "md5" : "sha256";
        String algorithm = md5 ? "MD5" : "SHA-256";
        ready("proven", false, item("a", ODD, type, algorithm), item("b", "-b *c", type, algorithm));
        String links = serving.get("/proven?filename=some.tar")
                .headers()
                .firstValue("Link")
                .orElseThrow();
        assertThat(links).contains("</-/carts/proven/manifest?filename=some.tar>");
        save("/proven?filename=some.tar", "some.tar");
        save("/-/carts/proven/manifest?filename=some.tar", "sums");

        assertThat(run("tar", "xf", "some.tar")).isEqualTo("0\n");
        assertThat(run(program, "--strict", "-c", "sums")).startsWith("0\n");
        Files.writeString(there.resolve("some/-b *c"), "else");
        assertThat(run(program, "--strict", "-c", "sums")).startsWith("1\n").contains("FAILED");
    }

    @Test
    void theMetalinkHasEachFile() throws Exception {
        ready("linked", false, item("a", ODD, "sha256", "SHA-256"), item("b", "b", "sha3_256", "SHA3-256"));

        HttpResponse<byte[]> reply = serving.get(
                "/-/carts/linked/metalink?top=x",
                "X-Forwarded-Host",
                "carts.example.org",
                "X-Forwarded-Proto",
                "https");

        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/metalink4+xml");
        assertThat(Serving.header(reply, "Content-Disposition")).isEqualTo("attachment; filename=\"linked.meta4\"");
        NodeList files = parse(reply.body()).getElementsByTagName("file");
        assertThat(files.getLength()).isEqualTo(2);
        Element first = (Element) files.item(0);
        assertThat(first.getAttribute("name")).isEqualTo("x/" + ODD);
        assertThat(text(first, "size")).isEqualTo("5000");
        assertThat(text(first, "hash")).isEqualTo(hash("SHA-256", "a"));
        assertThat(((Element) first.getElementsByTagName("hash").item(0)).getAttribute("type"))
                .isEqualTo("sha-256");
        assertThat(text(first, "url")).startsWith("https://carts.example.org/-/carts/linked/files/%C3%BCn%C3%AF/");
        String path = text(first, "url").substring("https://carts.example.org".length());
        assertThat(serving.get(path).body()).isEqualTo(archive.bytes("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"><x", "a/b", "a b", "evil.example.org/", "@x", ""})
    void theMetalinkRepeatsNoOddHost(String host) throws IOException {
        ready("linked", false, item("a", "a", "md5", "MD5"));
        assertThat(serving.get("/-/carts/linked/metalink", "X-Forwarded-Host", host)
                        .statusCode())
                .isEqualTo(400);
    }

    private static Element parse(byte[] xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement();
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }

    @Test
    void aria2FetchesAllFilesAndNoticesAWrongOne() throws Exception {
        run("aria2c", "--version");
        // It reads an ampersand in a name as the five characters of a reference to it.
        String odd = ODD.replace("&", "");
        ready("fetched", false, item("a", odd, "sha256", "SHA-256"), item("b", "d/e/b", "sha256", "SHA-256"));
        save("/-/carts/fetched/metalink?top=got", "all.meta4");

        assertThat(run("aria2c", "-q", "-M", "all.meta4")).startsWith("0\n");
        assertThat(there.resolve("got").resolve(odd)).hasBinaryContent(archive.bytes("a"));
        assertThat(there.resolve("got/d/e/b")).hasBinaryContent(archive.bytes("b"));

        String wrong = Files.readString(there.resolve("all.meta4"))
                .replace(hash("SHA-256", "b"), hash("SHA-256", "a"))
                .replace("\"got/", "\"bad/");
        Files.writeString(there.resolve("wrong.meta4"), wrong);
        assertThat(run("aria2c", "-q", "-M", "wrong.meta4")).doesNotStartWith("0\n");
    }

    @Test
    void manyFilesAreStreamed() throws IOException {
        archive.add("a", 1);
        String md5 = hash("MD5", "a");
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            items.add(Item.of("a", "d/" + i, "md5", md5));
        }
        serving.cartd.submit(new CartRequest("many", false, items));
        String manifest = Serving.text(serving.get("/-/carts/many/manifest?top="));
        assertThat(manifest.lines()).hasSize(20_000).endsWith(md5 + "  d/19999");
        assertThat(Serving.text(serving.get("/-/carts/many/metalink")).lines()).hasSize(20_004);
    }

    @Test
    void aReadyCartPointsToBoth() throws IOException {
        ready("one", false, item("a", "a", "md5", "MD5"));
        String links = "</-/carts/one/metalink%s>; rel=\"describedby\"; type=\"application/metalink4+xml\","
                + " </-/carts/one/manifest%s>; rel=\"describedby\"; type=\"text/plain\"";
        assertThat(Serving.header(serving.ask("HEAD", "/one"), "Link")).isEqualTo(links.formatted("", ""));
        String query = "?filename=a_b.tar";
        assertThat(Serving.header(serving.get("/one?filename=a%2Fb.tar"), "Link"))
                .isEqualTo(links.formatted(query, query));
        assertThat(Serving.header(serving.get("/one?format=zip&filename=a%2Fb.zip"), "Link"))
                .as("the top directory of the zip is that of this tar")
                .isEqualTo(links.formatted(query, query));
    }
}
