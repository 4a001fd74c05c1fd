package dev.cartd.server.page;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class VisibleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "scan.csv",
                "قياس",
                "מדידה",
                "測量",
                "e\u0301",
                "\u0645\u06CC\u200C\u062E\u0648",
                "\uD83D\uDC69\u200D\uD83D\uDD2C"
            })
    void lettersOfAnyScriptStay(String name) {
        assertThat(Visible.text(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 0",
        "000A, 10",
        "007F, 127",
        "0085, 133",
        "00AD, 173",
        "061C, 1564",
        "200B, 8203",
        "200E, 8206",
        "2028, 8232",
        "202E, 8238",
        "2066, 8294",
        "FEFF, 65279",
        "E0041, 917569",
        "D800, 55296"
    })
    void whatHidesIsShown(String sign, int c) {
        assertThat(Visible.text("a" + Character.toString(c) + "b")).isEqualTo("a⟨U+" + sign + "⟩b");
    }

    @Test
    void theBytesAreThoseOfThePage() {
        String text = "a&b<c>d\"e'f é 測 \uD83D\uDD2C \u202E \u0000 \uDB40\uDC41";
        StringOutput html = new StringOutput();
        OwaspHtmlTemplateOutput page = new OwaspHtmlTemplateOutput(html);
        page.setContext("p", null);
        page.writeUserContent(Visible.text(text));

        int bytes = html.toString().getBytes(StandardCharsets.UTF_8).length;

        // Quotes are escaped in attributes only, and other signs take a byte less.
        assertThat(Visible.bytes(text)).isBetween(bytes, bytes + 12);
    }
}
