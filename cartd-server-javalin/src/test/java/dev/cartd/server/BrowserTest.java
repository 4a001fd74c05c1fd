package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about a cart in a real browser. */
class BrowserTest extends BrowserContract {
    private static final String HASH = "d41d8cd98f00b204e9800998ecf8427e";

    /** One for all tests, since to start one takes seconds. */
    private static Chromium browser;

    @BeforeAll
    static void open(@TempDir Path home) {
        browser = Chromium.open(home);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    /** What a page still asks for when its server ends is in no other test's log. */
    @AfterEach
    void leaveThePage() {
        browser.driver.get("about:blank");
        browser.log();
    }

    @Test
    void pagesAreGoodInEveryState() throws IOException {
        CartRequest broken = measurements("broken");
        serving.archive.remove("broken/7");
        serving.cartd.submit(broken);
        Chromium.soon()
                .untilAsserted(() -> assertThat(serving.cart("broken").status()).isEqualTo(CartStatus.ERROR));
        String axe = axe();

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

        browser.driver.get(serving.url("/-/carts/names/"));
        assertThat(browser.driver.getTitle()).isEqualTo("Ready to download: names");
        assertThat(browser.text()).contains("<script>document.title='run'.txt", "⟨U+202E⟩gpj.exe");
        isGood(browser, "names", axe);
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

        browser.show(1000, 900, false);
        browser.driver.get(serving.url("/large"));
        assertThat(browser.text()).contains("Waiting to begin", "10,000 files");
        Chromium.soon().untilAsserted(() -> {
            browser.driver.navigate().refresh();
            assertThat(browser.text()).contains("All folders");
        });
        isGood(browser, "large", axe);
        browser.driver.findElement(By.linkText("More files")).click();
        Chromium.soon().untilAsserted(() -> assertThat(browser.text()).contains("First files"));
    }
}
