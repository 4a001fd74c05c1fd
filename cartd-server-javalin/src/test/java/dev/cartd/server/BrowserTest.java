package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The page about a cart in a real browser. Needs Debian's packages chromium and chromium-driver. */
class BrowserTest {
    private static final String HASH = "d41d8cd98f00b204e9800998ecf8427e";
    private static final String SKIPPED =
            "SKIPPED: the pages in a browser. Install the packages chromium and chromium-driver to test them.";

    @TempDir
    private Path volume;

    @TempDir
    private Path downloads;

    private Serving serving;

    @BeforeAll
    static void needsABrowser() {
        if (!Chromium.isHere()) {
            System.err.println("==== " + SKIPPED);
        }
        assumeTrue(Chromium.isHere(), SKIPPED);
    }

    @BeforeEach
    void start() {
        serving = new Serving(volume);
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private static void isGood(Chromium browser, String name, String axe) {
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1000, 360}) {
                browser.show(width, 900, dark);
                String variant = name + (width < 500 ? "-phone" : "") + (dark ? "-dark" : "");
                browser.picture(variant);
                assertThat(browser.complaints(axe)).as(variant).isEmpty();
                assertThat((Long) browser.driver.executeScript(
                                "return document.documentElement.scrollWidth - window.innerWidth"))
                        .as("how far %s is too wide", variant)
                        .isLessThanOrEqualTo(0);
            }
        }
        browser.show(1000, 900, false);
        assertThat(browser.log()).as("what the browser says about %s", name).isEmpty();
    }

    /** The version of axe, from its own pom: the path of its script contains it. */
    private static String axe() throws IOException {
        Properties pom = new Properties();
        try (var in =
                BrowserTest.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            pom.load(in);
        }
        return Chromium.axe(pom.getProperty("version")).orElseThrow();
    }

    private CartRequest measurements(String uid) {
        List<CartRequest.Item> items = new ArrayList<>();
        for (int i = 1; i <= 24; i++) {
            String id = uid + "/" + i;
            serving.archive.add(id, 40_000 + 7919 * i);
            items.add(serving.archive.item(id, String.format("run-0042/detector-%d/frame_%03d.h5", 1 + i % 3, i)));
        }
        String readme = uid + "/readme";
        serving.archive.add(readme, 2300);
        items.add(serving.archive.item(readme, "run-0042/README.txt"));
        return new CartRequest(uid, false, items);
    }

    @Test
    void thePageFollowsTheCartAndBeginsTheDownloadOnce() throws IOException {
        CartRequest request = measurements("waited");
        IntStream.rangeClosed(1, 6).forEach(i -> serving.archive.put("waited/" + i, Archive.Medium.TAPE));
        serving.cartd.submit(request);
        serving.awaitStaged(request, 19);
        String axe = axe();

        try (Chromium browser = Chromium.open(downloads)) {
            browser.show(1000, 900, false);
            browser.driver.get(serving.url("/waited?filename=waited.tar"));
            Running.soon()
                    .untilAsserted(() -> assertThat(browser.text())
                            .contains("Collecting your files", "19 of 25", "Still on tape", "6 files"));
            browser.driver.executeScript("window.isTheSame = true");
            isGood(browser, "staging", axe);

            for (int i = 1; i <= 3; i++) {
                serving.archive.put("waited/" + i, Archive.Medium.DISK);
            }
            Running.soon().untilAsserted(() -> assertThat(browser.text()).contains("22 of 25", "3 files"));
            assertThat(browser.driver.executeScript("return window.isTheSame")).isEqualTo(true);
            assertThat(browser.downloaded()).isEmpty();

            for (int i = 4; i <= 6; i++) {
                serving.archive.put("waited/" + i, Archive.Medium.DISK);
            }
            Running.soon()
                    .untilAsserted(
                            () -> assertThat(browser.text()).contains("Ready to download", "The download has begun"));
            assertThat(browser.driver.getCurrentUrl()).isEqualTo(serving.url("/-/carts/waited/"));
            Running.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(1));
            Path tar = browser.downloaded().get(0);
            assertThat(tar).hasFileName("waited.tar");
            assertThat(Files.readAllBytes(tar))
                    .isEqualTo(serving.get("/waited?filename=waited.tar").body());

            browser.driver.navigate().refresh();
            assertThat(browser.text()).contains("Ready to download").doesNotContain("The download has begun");
            isGood(browser, "ready", axe);
            // A download by hand shows that none began by itself before.
            browser.driver.findElement(By.linkText("README.txt")).click();
            Running.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(2));
        }
    }

    /** Faster than the page means to, with answers that it cannot read; remembers how many pauses there were at once. */
    private static final String UNREADABLE = """
            const pauses = new Set();
            const later = window.setTimeout;
            const never = window.clearTimeout;
            window.asked = 0;
            window.most = 0;
            window.setTimeout = (work, pause) => {
                const id = later(() => { pauses.delete(id); work(); }, pause / 100);
                if (pause >= 5000) {
                    pauses.add(id);
                    window.most = Math.max(window.most, pauses.size);
                }
                return id;
            };
            window.clearTimeout = (id) => { pauses.delete(id); never(id); };
            window.fetch = async () => {
                window.asked++;
                return {ok: true, json: async () => ({state: 'staging'})};
            };
            """;

    @Test
    void aPageAsksOnceInEachPause() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG.withEvents(1, Duration.ofMillis(20)));
        serving.cartd.submit(serving.archive.request("asked", false, 10));
        try (Wire listens = new Wire(serving.server.port());
                Chromium browser = Chromium.open(downloads)) {
            // So the page hears nothing, and asks.
            listens.say(Running.request("GET", "/-/carts/asked/events") + "\r\n");
            assertThat(listens.in().readNBytes(15)).asString().isEqualTo("HTTP/1.1 200 OK");
            browser.driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", UNREADABLE));
            browser.driver.get(serving.url("/-/carts/asked/"));
            Running.soon()
                    .untilAsserted(() -> assertThat((Long) browser.driver.executeScript("return window.asked"))
                            .isGreaterThan(3));
            assertThat(browser.driver.executeScript("return window.most")).isEqualTo(1L);
        }
    }

    @Test
    void pagesAreGoodInEveryState() throws IOException {
        CartRequest broken = measurements("broken");
        serving.archive.remove("broken/7");
        serving.cartd.submit(broken);
        Running.soon()
                .untilAsserted(() -> assertThat(serving.cart("broken").status()).isEqualTo(CartStatus.ERROR));
        String axe = axe();

        try (Chromium browser = Chromium.open(downloads)) {
            browser.driver.get(serving.url("/-/carts/broken/"));
            assertThat(browser.text()).contains("This did not work", "frame_007.h5");
            isGood(browser, "failed", axe);
            // A status of 404 or 410 is in the log of the browser.
            browser.driver.get(serving.url("/-/carts/unknown/"));
            browser.log();
            isGood(browser, "unknown", axe);
            serving.close();
            serving = Serving.idle(volume, Running.CONFIG);
            serving.cartd.submit(serving.archive.request("gone", false, 10));
            serving.cartd.delete("gone");
            browser.driver.get(serving.url("/-/carts/gone/"));
            browser.log();
            assertThat(browser.text()).contains("no longer here");
            isGood(browser, "gone", axe);
        }
    }

    @Test
    void namesOfAnyKindAreShown() throws IOException {
        List<String> names = List.of(
                "a/<script>document.title='run'.txt",
                "a/<img src=x onerror=\"document.title='run'\">.txt",
                "a/\u202Egpj.exe",
                "نتائج/قياس ١.csv",
                "תוצאות/מדידה 7.csv",
                "測量/データ.h5",
                "Größe/μ = 3.5 ± 0.1.dat",
                "x".repeat(255) + "/" + "y".repeat(255));
        CartRequest request = new CartRequest(
                "names",
                false,
                names.stream()
                        .map(name -> {
                            serving.archive.add(name, 3);
                            return serving.archive.item(name, name);
                        })
                        .toList());
        serving.awaitReady(request);
        String axe = axe();

        try (Chromium browser = Chromium.open(downloads)) {
            browser.driver.get(serving.url("/-/carts/names/"));
            assertThat(browser.driver.getTitle()).isEqualTo("Ready to download: names");
            assertThat(browser.text()).contains("<script>document.title='run'.txt", "⟨U+202E⟩gpj.exe");
            isGood(browser, "names", axe);
        }
    }

    @Test
    void aLargeCartCanBeLookedThrough() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        serving.cartd.submit(new CartRequest(
                "large",
                false,
                IntStream.range(0, 10_000)
                        .mapToObj(i -> CartRequest.Item.of("a" + i, "run-" + i / 500 + "/frame_" + i, "md5", HASH))
                        .toList()));
        String axe = axe();

        try (Chromium browser = Chromium.open(downloads)) {
            browser.show(1000, 900, false);
            browser.driver.get(serving.url("/large"));
            assertThat(browser.text()).contains("Waiting to begin", "10,000 files");
            Running.soon().untilAsserted(() -> {
                browser.driver.navigate().refresh();
                assertThat(browser.text()).contains("All folders");
            });
            isGood(browser, "large", axe);
            browser.driver.findElement(By.linkText("More files")).click();
            Running.soon().untilAsserted(() -> assertThat(browser.text()).contains("First files"));
        }
    }

    @Test
    void withoutScriptsThePageIsReloaded() {
        CartRequest request = serving.archive.request("plain", false, 1000, 2000);
        serving.archive.put("plain/1", Archive.Medium.TAPE);
        serving.cartd.submit(request);
        serving.awaitStaged(request, 1);
        serving.awaitFile("plain", FileStatus.STAGING);

        try (Chromium browser = Chromium.withoutScripts(downloads)) {
            browser.driver.get(serving.url("/plain"));
            assertThat(browser.driver.findElement(By.tagName("main")).getText())
                    .contains("Collecting your files", "1 of 2", "looks again every 15 seconds")
                    .doesNotContain("begins by itself");
            browser.picture("without-scripts");
            serving.archive.put("plain/1", Archive.Medium.DISK);
            serving.awaitReady(request);
            Running.soon()
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(browser.driver.getTitle()).isEqualTo("Ready to download: plain"));
            assertThat(browser.downloaded()).isEmpty();
            browser.driver.findElement(By.id("download")).click();
            Running.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(1));
        }
    }
}
