package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import dev.cartd.cart.FileStatus;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about a cart that is waited for, in a real browser. */
class BrowserWaitsTest extends BrowserContract {
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
            Chromium.soon()
                    .untilAsserted(() -> assertThat(browser.text())
                            .contains("Collecting your files", "19 of 25", "Still on tape", "6 files"));
            browser.driver.executeScript("window.isTheSame = true");
            isGood(browser, "staging", axe);

            for (int i = 1; i <= 3; i++) {
                serving.archive.put("waited/" + i, Archive.Medium.DISK);
            }
            Chromium.soon().untilAsserted(() -> assertThat(browser.text()).contains("22 of 25", "3 files"));
            assertThat(browser.driver.executeScript("return window.isTheSame")).isEqualTo(true);
            assertThat(browser.downloaded()).isEmpty();

            for (int i = 4; i <= 6; i++) {
                serving.archive.put("waited/" + i, Archive.Medium.DISK);
            }
            Chromium.soon()
                    .untilAsserted(
                            () -> assertThat(browser.text()).contains("Ready to download", "The download has begun"));
            assertThat(browser.driver.getCurrentUrl()).isEqualTo(serving.url("/-/carts/waited/"));
            Chromium.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(1));
            Path tar = browser.downloaded().get(0);
            assertThat(tar).hasFileName("waited.tar");
            assertThat(Files.readAllBytes(tar))
                    .isEqualTo(serving.get("/waited?filename=waited.tar").body());

            browser.driver.navigate().refresh();
            assertThat(browser.text()).contains("Ready to download").doesNotContain("The download has begun");
            isGood(browser, "ready", axe);
            // A download by hand shows that none began by itself before.
            browser.driver.findElement(By.linkText("README.txt")).click();
            Chromium.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(2));
        }
    }

    /**
     * Faster than the page means to, with answers that it cannot read; remembers how many pauses there were at once.
     */
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
            Chromium.soon()
                    .untilAsserted(() -> assertThat((Long) browser.driver.executeScript("return window.asked"))
                            .isGreaterThan(3));
            assertThat(browser.driver.executeScript("return window.most")).isEqualTo(1L);
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
            Chromium.soon()
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(browser.driver.getTitle()).isEqualTo("Ready to download: plain"));
            assertThat(browser.downloaded()).isEmpty();
            browser.driver.findElement(By.id("download")).click();
            Chromium.soon().untilAsserted(() -> assertThat(browser.downloaded()).hasSize(1));
        }
    }
}
