package dev.cartd.server;

import dev.cartd.cart.Cart;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about a cart, over real HTTP, with real work behind it. */
class PageTest {
    private static final String CHROME =
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
                    + "application/signed-exchange;v=b3;q=0.7";
    private static final String FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String LYNX = "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01";
    private static final String HASH = "d41d8cd98f00b204e9800998ecf8427e";

    @TempDir
    private Path volume;

    private Serving serving;

    @BeforeEach
    void start() {
        serving = new Serving(volume);
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private HttpResponse<byte[]> browse(String target) throws IOException {
        return serving.get(target, "Accept", FIREFOX);
    }

    private String page(String uid) throws IOException {
        HttpResponse<byte[]> reply = browse("/-/carts/" + uid + "/");
        assertThat(reply.statusCode()).isEqualTo(200);
        return Serving.text(reply);
    }

    private static List<String> all(String regex, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = Pattern.compile(regex).matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static CartRequest many(String uid, int files) {
        return new CartRequest(
                uid,
                false,
                IntStream.range(0, files)
                        .mapToObj(i -> CartRequest.Item.of(
                                "a" + i, "run-" + i % 70 + "/detector/frame_" + i + ".h5", "md5", HASH))
                        .toList());
    }

    private void taped(String uid) {
        CartRequest request = serving.archive.request(uid, false, 1000, 2000, 3000);
        serving.archive.put(uid + "/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        serving.awaitStaged(request, 2);
        serving.awaitFile(uid, FileStatus.STAGING);
    }

    private void failed(String uid) {
        CartRequest request = serving.archive.request(uid, false, 10, 20);
        serving.archive.put(uid + "/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        serving.awaitStaged(request, 1);
        serving.archive.remove(uid + "/1");
        Running.soon()
                .untilAsserted(() -> assertThat(serving.cart(uid).status()).isEqualTo(CartStatus.ERROR));
    }

    /** The page comes with the status that curl gets, and curl gets what it always got. */
    private String standsForTheDownload(String target, int status, String curlHas) throws IOException {
        HttpResponse<byte[]> curl = serving.get(target, "Accept", "*/*");
        assertThat(curl.statusCode()).isEqualTo(status);
        assertThat(Serving.header(curl, "Content-Type")).isEqualTo("application/json");
        assertThat(Serving.text(curl)).contains(curlHas).doesNotContain("<");
        assertThat(curl.headers().map()).doesNotContainKeys("content-security-policy", "vary");
        assertThat(serving.get(target).body()).isEqualTo(curl.body());

        HttpResponse<byte[]> page = browse(target);
        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(Serving.header(page, "Content-Type")).isEqualTo("text/html;charset=utf-8");
        assertThat(Serving.header(page, "Vary")).isEqualTo("Accept");
        return Serving.text(page);
    }

    @Test
    void aBrowserSeesACartInWork() throws IOException {
        taped("taped");

        String page = standsForTheDownload("/taped?filename=x.tar", 202, "The cart is not ready for download.");

        assertThat(page)
                .contains("<h1 id=\"heading\"", "Collecting your files", "taped")
                .contains("<span id=\"files-done\">2</span> of 3")
                .contains("<dd id=\"tape-count\">1 file</dd>")
                .contains("<meta http-equiv=\"refresh\" content=\"15; url=/-/carts/taped/\">")
                .contains(">on tape</span>", ">here</span>");
        // Files that are here can be taken already.
        assertThat(all("href=\"(/-/carts/taped/files/[^\"]+)\"", page))
                .containsExactlyInAnyOrder("/-/carts/taped/files/d0/f0", "/-/carts/taped/files/d2/f2");
        assertThat(browse("/-/carts/taped/files/d0/f0").statusCode()).isEqualTo(200);
    }

    @Test
    void aBrowserSeesWhyACartFailed() throws IOException {
        failed("failed");

        String page = standsForTheDownload("/failed", 500, "the archive does not have it");

        assertThat(page)
                .contains("This did not work", "What you can do", "Failed to stage file d1/f1")
                .contains("1 file of 2 arrived and were checked")
                .doesNotContain("http-equiv");
    }

    @Test
    void aBrowserSeesThatACartIsGone() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(serving.archive.request("gone", false, 10));
        serving.cartd.delete("gone");

        String page = standsForTheDownload("/gone", 404, "has already been deleted");

        assertThat(page).contains("These files are no longer here", "Somebody asked for that.", "<time datetime=\"");
        assertThat(browse("/-/carts/gone/").statusCode()).isEqualTo(410);
        assertThat(standsForTheDownload("/unheard-of", 404, "does not exist")).contains("nothing under this name");
        assertThat(browse("/-/carts/unheard-of/").statusCode()).isEqualTo(404);
    }

    @Test
    void aBrowserSeesThatTheServerIsStarting() throws IOException {
        try (CartdServer starting = CartdServer.bind(Running.CONFIG)) {
            starting.waitsFor("the database");
            String address = "http://127.0.0.1:" + starting.port();

            for (String target : List.of("/my_cart", "/-/carts/my_cart/")) {
                HttpResponse<byte[]> page = serving.getFrom(address + target, "Accept", FIREFOX);
                assertThat(page.statusCode()).isEqualTo(503);
                assertThat(Serving.text(page))
                        .contains("The service cannot answer now", "cartd is starting: it waits for the database")
                        .contains("<meta http-equiv=\"refresh\" content=\"20\">");
            }
            HttpResponse<byte[]> curl = serving.getFrom(address + "/my_cart", "Accept", "*/*");
            assertThat(curl.statusCode()).isEqualTo(503);
            assertThat(Serving.text(curl)).startsWith("{\"status\": \"503");
        }
    }

    @Test
    void aReadyCartIsDownloadedAtOnceAndHasAPage() throws IOException {
        Cart cart = serving.awaitReady(serving.archive.request("my_cart", true, 100, 0, 900));

        HttpResponse<byte[]> download = browse("/my_cart?filename=my_cart.tar");
        String page = page("my_cart");

        assertThat(Serving.header(download, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(download.body())
                .isEqualTo(serving.get("/my_cart?filename=my_cart.tar").body());
        assertThat(page)
                .contains("Ready to download", "3 files, 1.0 kB", "data-number=\"" + cart.id() + "\"")
                .contains("curl -C - -o my_cart.tar \"" + serving.url("/my_cart?filename=my_cart.tar") + "\"")
                .contains("aria2c -M my_cart.meta4", "md5sum -c my_cart.md5")
                .contains("href=\"/my_cart?filename=my_cart.zip&amp;format=zip\"")
                .contains("href=\"/my_cart?filename=my_cart-bag.tar&amp;format=bagit\"")
                .doesNotContain("http-equiv", "<progress");
        for (String address : all("(?:href|src)=\"(/[^\"#]*)", page)) {
            assertThat(serving.get(address.replace("&amp;", "&")).statusCode())
                    .as(address)
                    .isEqualTo(200);
        }
        HttpResponse<byte[]> head = serving.ask("HEAD", "/-/carts/my_cart/");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        HttpResponse<byte[]> post = serving.ask("POST", "/-/carts/my_cart/");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(Serving.header(post, "Allow")).isEqualTo("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {CHROME, FIREFOX, LYNX})
    void browsersAreKnownByWhatTheyAccept(String accept) throws IOException {
        HttpResponse<byte[]> reply = serving.get("/nothing", "Accept", accept);

        assertThat(Serving.header(reply, "Content-Type")).startsWith("text/html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "application/json, text/html, application/xhtml+xml",
                "text/html;q=0.5,application/xhtml+xml;q=0.5,*/*",
                "text/html;q=0,application/xhtml+xml",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
                "text/*",
                "text/html",
                ",;=,",
            })
    void otherProgramsGetNoPage(String accept) throws IOException {
        HttpResponse<byte[]> reply = serving.get("/nothing", "Accept", accept);

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(Serving.header(reply, "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void onlyGetHasAPageInPlaceOfADownload() throws IOException {
        HttpResponse<byte[]> head = serving.ask("HEAD", "/nothing", "Accept", FIREFOX);
        assertThat(Serving.header(head, "X-Pacifica-Status")).isEqualTo("error");
        assertThat(Serving.header(head, "Content-Type")).isEqualTo("application/json");
        HttpResponse<byte[]> delete = serving.ask("DELETE", "/nothing", "Accept", FIREFOX);
        assertThat(Serving.text(delete)).startsWith("{");
    }

    @Test
    void aPageRunsNothingButItsOwnScript() throws IOException {
        serving.awaitReady(serving.archive.request("my_cart", false, 1));

        HttpResponse<byte[]> reply = browse("/-/carts/my_cart/");

        assertThat(Serving.header(reply, "Content-Security-Policy"))
                .isEqualTo("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                        + "img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(Serving.header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(Serving.header(reply, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("no-store");
        String html = Serving.text(reply);
        assertThat(html).doesNotContain("<style", "style=").doesNotContainPattern("<[^>]* on[a-z]+=");
        assertThat(all("<script([^>]*)>", html)).singleElement().asString().contains("src=\"/-/static/");
    }

    @Test
    void whatAPageRefersToIsKeptForEver() throws IOException {
        String html = Serving.text(browse("/-/carts/nothing/"));
        List<String> files = all("(?:href|src)=\"(/-/static/[^\"]+)\"", html);
        assertThat(files).hasSize(3);
        for (String file : files) {
            HttpResponse<byte[]> reply = serving.get(file);
            assertThat(reply.statusCode()).as(file).isEqualTo(200);
            assertThat(Serving.header(reply, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(Serving.header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(reply.body().length).as(file).isLessThan(20_000);
            assertThat(Serving.text(reply)).doesNotContain("http://127", "https://", "@import", "url(");
            String tag = Serving.header(reply, "ETag");
            HttpResponse<byte[]> again = serving.get(file, "If-None-Match", "W/\"x\", " + tag);
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(serving.ask("DELETE", file).statusCode()).isEqualTo(405);
        }
        assertThat(serving.get("/-/static/cart.js").statusCode()).isEqualTo(404);
        assertThat(serving.get("/-/static/").statusCode()).isEqualTo(404);
        assertThat(serving.get("/-/carts/nothing//").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    help@example.org     | Ask <a href="mailto:help@example.org"><bdi dir="auto">help@example.org</bdi></a>.
                    https://example.org/ | Ask <a href="https://example.org/"><bdi dir="auto">https://example.org/</bdi></a>.
                    the desk <3          | Ask <bdi dir="auto">the desk &lt;3</bdi>.
                    javascript:a@b       | Ask <bdi dir="auto">javascript:a@b</bdi>.
                    ''                   | Ask whoever gave you this address
                    """)
    void aPageSaysWhomToAsk(String contact, String shown) throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG.withContact(contact));

        assertThat(Serving.text(browse("/nothing"))).contains(shown);
    }

    @Test
    void namesCanBeAnything() throws IOException {
        List<String> names = List.of(
                "<script>alert(1).txt",
                "\" onmouseover=\"alert(1)",
                "' onclick='alert(2)",
                "a&amp;b<!--",
                "${7*7} @if $unsafe{x}",
                "\u202Egpj.exe",
                "\u2066isolated",
                "نتائج/قياس ١.csv",
                "תוצאות.csv",
                "測量/データ.h5",
                "é%20%2F?#.dat",
                "x".repeat(255),
                "\uD83D\uDC69\u200D\uD83D\uDD2C.txt");
        CartRequest request = new CartRequest(
                "odd",
                false,
                names.stream()
                        .map(name -> {
                            serving.archive.add(name, 3);
                            return serving.archive.item(name, "d/" + name);
                        })
                        .toList());
        serving.awaitReady(request);

        String html = page("odd");

        assertThat(html)
                .doesNotContain("<script>", "<!--", "\u202E", "\u2066")
                .doesNotContainPattern("<[^>]* on[a-z]+=")
                .contains("&lt;script&gt;alert(1).txt")
                .contains("a&amp;amp;b&lt;!--")
                .contains("${7*7} @if $unsafe{x}")
                .contains("⟨U+202E⟩gpj.exe", "⟨U+2066⟩isolated")
                .contains("<bdi dir=\"auto\">قياس ١.csv</bdi>", "תוצאות.csv", "データ.h5")
                .contains("\uD83D\uDC69\u200D\uD83D\uDD2C.txt");
        List<String> links = all("href=\"(/-/carts/odd/files/[^\"]+)\"", html);
        assertThat(links).hasSize(names.size());
        for (String link : links) {
            assertThat(serving.get(link).body()).as(link).hasSize(3);
        }
    }

    @Test
    void theUidOfNoCartCanBeAnything() throws IOException {
        HttpResponse<byte[]> reply =
                browse("/-/carts/%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%20onload=%22x%00%E2%80%AE/");

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(all("<h1[^>]*>([^<]*)<", Serving.text(reply))).containsExactly("There is nothing under this name");
        assertThat(Serving.text(reply))
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "⟨U+0000⟩⟨U+202E⟩")
                .doesNotContain("<script>")
                .doesNotContainPattern("<[^>]*\" on[a-z]+=");
    }

    @Test
    void theFilesOfALargeCartComeInPages() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(many("large", 100_000));

        HttpResponse<byte[]> first = browse("/large");
        String html = Serving.text(first);

        assertThat(first.body().length).isLessThan(300_000);
        assertThat(html).contains("100,000 files", "Its folders are being counted");
        assertThat(all("data-file=\"([0-9]+)\"", html)).hasSizeGreaterThan(200);

        Running.soon().untilAsserted(() -> {
            HttpResponse<byte[]> counted = browse("/large");
            assertThat(Serving.text(counted)).contains("All folders", "run-42/detector", "1,428 files");
            assertThat(counted.body().length).isLessThan(300_000);
        });

        // A newer cart has other files: a page of the older one begins anew.
        String wrong = Serving.text(browse("/-/carts/large/?number=999&after=5000"));
        assertThat(all("data-file=\"([0-9]+)\"", wrong))
                .contains(all("data-file=\"([0-9]+)\"", html).get(0));
        assertThat(browse("/-/carts/large/?number=x&after=-1").statusCode()).isEqualTo(200);
    }

    @Test
    void pagesHaveEachFileOnce() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(many("paged", 1000));

        Set<String> seen = new HashSet<>();
        String next = "/-/carts/paged/";
        int pages = 0;
        while (!next.isEmpty()) {
            String html = Serving.text(browse(next));
            List<String> files = all("data-file=\"([0-9]+)\"", html);
            assertThat(seen).doesNotContainAnyElementsOf(files);
            seen.addAll(files);
            List<String> links = all("rel=\"next\" href=\"([^\"#]+)", html);
            next = links.isEmpty() ? "" : links.get(0).replace("&amp;", "&");
            pages++;
        }

        assertThat(seen).hasSize(1000);
        assertThat(pages).isBetween(2, 10);
    }

    @Test
    void longNamesDoNotMakeALongPage() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        String folder = "\u202E".repeat(85);
        serving.cartd.submit(new CartRequest(
                "long",
                false,
                IntStream.range(0, 2000)
                        .mapToObj(i -> CartRequest.Item.of(
                                "a" + i, (i + folder.substring(9) + "/" + folder + "/").repeat(3) + i, "md5", HASH))
                        .toList()));

        HttpResponse<byte[]> reply = browse("/long");

        assertThat(reply.body().length).isLessThan(300_000);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains("rel=\"next\"");
    }
}
