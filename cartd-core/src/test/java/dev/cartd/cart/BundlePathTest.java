package dev.cartd.cart;

import dev.cartd.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BundlePathTest {
    @ParameterizedTest
    @CsvSource({
        "a, a",
        "/name, name",
        "///a//b, a/b",
        "./a/./b, a/b",
        "a/b, a/b",
        "..., ...",
        "a/..b/c.., a/..b/c..",
        "'a b/ü', 'a b/ü'",
        "a\\b, a\\b",
        "日本/😀, 日本/😀"
    })
    void normalises(String given, String normalised) {
        BundlePath path = BundlePath.parse(given);
        assertThat(path.value()).isEqualTo(normalised);
        assertThat(BundlePath.parse(path.value())).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "., is empty",
        "/., is empty",
        "/, 'ends with /, but must name a file'",
        "a/, 'ends with /, but must name a file'",
        ".., has a .. segment",
        "a/../b, has a .. segment",
        "/../../etc/passwd, has a .. segment",
        "a/.., has a .. segment"
    })
    void refuses(String given, String why) {
        assertThatThrownBy(() -> BundlePath.parse(given))
                .isInstanceOf(CartException.Invalid.class)
                .hasMessage(why);
    }

    @Test
    void refusesControlCharactersAndUnpairedSurrogates() {
        for (String bad : new String[] {"a\0b", "a\nb", "\u001b[2J", "a\u007f", "a\u0085b", "a\u2028b"}) {
            assertThatThrownBy(() -> BundlePath.parse(bad)).hasMessage("has a control character");
        }
        for (String bad : new String[] {"\ud800", "a\udc00b", "\ud83d/\ude00"}) {
            assertThatThrownBy(() -> BundlePath.parse(bad)).hasMessage("has an unpaired surrogate");
        }
    }

    @Test
    void boundsSegmentsAndTheWholeInBytes() {
        assertThat(BundlePath.parse("ü".repeat(127) + "a").value()).hasSize(128);
        assertThatThrownBy(() -> BundlePath.parse("ü".repeat(128))).hasMessage("has a segment of more than 255 bytes");
        String long2048 = "abcdefg/".repeat(255) + "abcdefgh";
        assertThat(BundlePath.parse(long2048).value()).hasSize(2048);
        assertThatThrownBy(() -> BundlePath.parse(long2048 + "i")).hasMessage("is longer than 2048 bytes");
        assertThatThrownBy(() -> BundlePath.parse("a/".repeat(1 << 20) + "a")).hasMessage("is longer than 2048 bytes");
    }

    @Test
    void isNeverMadeWithoutNormalising() {
        assertThatThrownBy(() -> new BundlePath("a//b")).isInstanceOf(CartException.Invalid.class);
    }

    @Test
    void noTextIsAPathThatLeadsElsewhere() {
        Path top = Path.of("/volume/1/cart");
        HostileInputs.texts(
                List.of("a/b.txt", "/d0/./f 1", "../../etc/passwd", "a//b/", "\u00e9/\u65e5\u672c"), text -> {
                    try {
                        String path = BundlePath.parse(text).value();
                        assertThat(BundlePath.parse(path).value()).isEqualTo(path);
                        assertThat(top.resolve(path).normalize())
                                .isEqualTo(top.resolve(path))
                                .isNotEqualTo(top)
                                .startsWithRaw(top);
                        assertThat(path.getBytes(StandardCharsets.UTF_8).length)
                                .isLessThanOrEqualTo(BundlePath.MAX_PATH);
                    } catch (CartException.Invalid e) {
                        assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(3000);
                    }
                });
    }
}
