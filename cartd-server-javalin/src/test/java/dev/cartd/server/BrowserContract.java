package dev.cartd.server;

import dev.cartd.cart.CartRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What tests of pages in a real browser have in common. Needs Debian's packages chromium and chromium-driver. */
abstract class BrowserContract {
    private static final String SKIPPED =
            "SKIPPED: the pages in a browser. Install the packages chromium and chromium-driver to test them.";

    @TempDir
    Path volume;

    @TempDir
    Path downloads;

    Serving serving;

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

    static void isGood(Chromium browser, String name, String axe) {
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
    static String axe() throws IOException {
        Properties pom = new Properties();
        try (var in =
                BrowserContract.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            pom.load(in);
        }
        return Chromium.axe(pom.getProperty("version")).orElseThrow();
    }

    CartRequest measurements(String uid) {
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
}
