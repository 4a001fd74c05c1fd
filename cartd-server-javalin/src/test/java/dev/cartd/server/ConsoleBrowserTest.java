package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.spi.Archive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/** The console in a real browser. */
class ConsoleBrowserTest extends BrowserContract {
    private static final String HASH = "d41d8cd98f00b204e9800998ecf8427e";
    private static final int MANY = 3_000;

    private static Chromium browser;

    @TempDir
    private Path tokens;

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

    @AfterEach
    void leaveThePage() {
        browser.driver.get("about:blank");
        browser.log();
    }

    private CartRequest failing(String uid) {
        CartRequest broken = measurements(uid);
        serving.archive.remove(uid + "/7");
        serving.cartd.submit(broken);
        Chromium.soon()
                .untilAsserted(() -> assertThat(serving.cart(uid).status()).isEqualTo(CartStatus.ERROR));
        return broken;
    }

    /** The click may be over before the page that answers it is there. */
    private static void shows(String... texts) {
        Chromium.soon().untilAsserted(() -> assertThat(browser.text()).contains(texts));
    }

    /** Presses a button of the row of a cart. */
    private void press(String uid, String label) {
        WebElement row = browser.driver.findElement(By.xpath("//li[.//a[normalize-space()='" + uid + "']][details]"));
        row.findElement(By.tagName("summary")).click();
        row.findElement(By.xpath(".//button[normalize-space()='" + label + "']"))
                .click();
    }

    @Test
    void everyButtonWorks() throws IOException {
        failing("run-0042");
        serving.awaitReady(measurements("run-0041"));
        CartRequest taped = measurements("run-0043");
        for (int i = 1; i <= 5; i++) {
            serving.archive.put("run-0043/" + i, Archive.Medium.TAPE);
        }
        serving.cartd.submit(taped);
        serving.awaitStaged(taped, 20);
        String axe = axe();

        browser.driver.get(serving.url("/-/"));
        shows("In work", "run-0043", "20 of 25 files", "Failed", "run-0042", "Room", "Evicted next", "Lately");
        isGood(browser, "console", axe);

        serving.archive.add("run-0042/7", 40_000 + 7919 * 7);
        press("run-0042", "Repair");
        shows("is being repaired.");
        assertThat(browser.driver.getCurrentUrl()).isEqualTo(serving.url("/-/"));
        Chromium.soon()
                .untilAsserted(
                        () -> assertThat(serving.cart("run-0042").status()).isEqualTo(CartStatus.READY));
        // Nobody loads the page again: it does so by itself.
        shows("No cart failed.");

        browser.driver.get(serving.url("/-/?state=ready"));
        press("run-0042", "Keep for 7 days");
        shows("is kept for 7 days.");
        assertThat(serving.cart("run-0042").kept()).isPresent();
        browser.driver.get(serving.url("/-/?state=ready"));
        shows("kept until");
        press("run-0042", "Keep no longer");
        shows("is kept no longer.");
        browser.driver.get(serving.url("/-/?state=ready"));
        press("run-0041", "Evict");
        shows("is evicted.");
        assertThat(serving.cartd.status("run-0041")).isEmpty();
        press("run-0043", "Delete");
        shows("is deleted, with all carts of its uid.", "No cart is in work.");
        assertThat(browser.log()).isEmpty();
    }

    @Test
    void anAdminSignsInAndOut() throws IOException {
        NewToken root = NewToken.of("root");
        serving.close();
        serving = Serving.with(
                volume,
                Running.CONFIG.withAdminTokens(java.nio.file.Files.writeString(tokens.resolve("admins"), root.line())));
        failing("run-0042");
        String axe = axe();

        browser.driver.get(serving.url("/-/"));
        browser.log(); // The status is 401.
        isGood(browser, "console-token", axe);
        browser.driver.findElement(By.id("token")).sendKeys("wrong");
        browser.driver.findElement(By.tagName("button")).click();
        shows("This is no token of an admin of this server.");
        browser.log(); // The status is 403.
        browser.driver.findElement(By.id("token")).sendKeys(root.text());
        browser.driver.findElement(By.tagName("button")).click();
        shows("run-0042", "Sign out");
        assertThat(browser.driver.getPageSource()).doesNotContain(root.text());
        browser.driver.navigate().refresh();
        shows("run-0042");
        press("run-0042", "Delete");
        shows("is deleted");
        browser.driver
                .findElement(By.xpath("//button[normalize-space()='Sign out']"))
                .click();
        shows("You are signed out.");
        assertThat(browser.driver.manage().getCookies()).isEmpty();
        browser.driver.get(serving.url("/-/"));
        shows("The token of an admin");
    }

    @Test
    void manyCartsAreSearched() throws IOException {
        serving.close();
        serving = Serving.idle(volume, Running.CONFIG);
        for (int i = 1; i <= MANY; i++) {
            serving.cartd.submit(new CartRequest(
                    String.format("run-%05d", i), false, List.of(CartRequest.Item.of("a", "a", "md5", HASH))));
        }
        String axe = axe();

        browser.show(1000, 900, false);
        browser.driver.get(serving.url("/-/"));
        shows("run-03000", "25 shown");
        browser.driver.findElement(By.id("search")).sendKeys("-0123");
        browser.driver
                .findElement(By.xpath("//button[normalize-space()='Find carts']"))
                .click();
        shows("run-01239", "run-01230");
        assertThat(browser.text()).doesNotContain("run-03000");
        isGood(browser, "console-search", axe);
        browser.driver.get(serving.url("/-/?search=run-01"));
        browser.driver.findElement(By.partialLinkText("More")).click();
        shows("run-01899");
        assertThat(browser.text()).doesNotContain("run-01999");
        browser.driver.get(serving.url("/-/?search=%3Cscript%3E"));
        shows("No cart is like that.");
        assertThat(browser.log()).isEmpty();
    }
}
