package dev.cartd.bundle;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BundleNameTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "my_cart.tar,my_cart.tar,my_cart",
                "data,data,data",
                "my.tar.tar,my.tar.tar,my.tar",
                "my.tar.gz,my.tar.gz,my.tar.gz",
                "my.TAR,my.TAR,my.TAR",
                "a.tar.b.tar,a.tar.b.tar,a.tar.b",
                "a/b.tar,a_b.tar,a_b",
                "a\\b.tar,a_b.tar,a_b",
                "../../etc/passwd,.._.._etc_passwd,.._.._etc_passwd",
                "my\"x.tar,my_x.tar,my_x",
                "it's.tar,it_s.tar,it_s",
                "||,data,data",
                ".,data,data",
                "..,data,data",
                ".tar,data.tar,data",
                "..tar,data.tar,data",
                "...tar,data.tar,data",
                "....tar,....tar,...",
                "/,_,_",
                "/.tar,_.tar,_",
                "a b,a b,a b",
                "wär.tar,wär.tar,wär",
                "\uD83D\uDE00.tar,\uD83D\uDE00.tar,\uD83D\uDE00",
            })
    void bothNamesFollowFromWhatWasAskedFor(String asked, String filename, String top) {
        assertThat(BundleName.of(asked)).isEqualTo(new BundleName(filename, top));
    }

    @Test
    void controlCharactersAndHalvesOfCharactersAreReplaced() {
        assertThat(BundleName.of("a\r\nb\0c\u007Fd\u0085e\u2028f\u2029g.tar").filename())
                .isEqualTo("a__b_c_d_e_f_g.tar");
        assertThat(BundleName.of("a\uD83Db\uDE00.tar").top()).isEqualTo("a_b_");
    }

    @Test
    void namesAreCutAtTwoHundredBytesBetweenCharacters() {
        assertThat(BundleName.of("x".repeat(300) + ".tar"))
                .isEqualTo(new BundleName("x".repeat(200) + ".tar", "x".repeat(200)));
        assertThat(BundleName.of("x" + "é".repeat(300)).top()).isEqualTo("x" + "é".repeat(99));
        assertThat(BundleName.of("xx" + "\uD83D\uDE00".repeat(300)).top()).isEqualTo("xx" + "\uD83D\uDE00".repeat(49));
        assertThat(BundleName.directory("x".repeat(200))).hasSize(200);
    }

    @Test
    void aUidKeepsItsSuffix() {
        assertThat(BundleName.directory("36")).isEqualTo("36");
        assertThat(BundleName.directory("my.tar")).isEqualTo("my.tar");
        assertThat(BundleName.directory("../../x")).isEqualTo(".._.._x");
    }

    @Test
    void theDefaultIsWhenTheCartBecameReadyInItsZone() {
        Instant ready = Instant.parse("2026-01-02T03:04:05.999Z");

        assertThat(BundleName.of(ready, ZoneOffset.UTC))
                .isEqualTo(new BundleName("data_2026_01_02_03_04_05.tar", "data_2026_01_02_03_04_05"));
        assertThat(BundleName.of(ready, ZoneId.of("America/Los_Angeles")).filename())
                .isEqualTo("data_2026_01_01_19_04_05.tar");
    }

    @Test
    void whateverIsAskedForIsSafeAndANameForATop() {
        Random random = new Random(17);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder asked = new StringBuilder();
            random.ints(random.nextInt(300), 0, i % 2 == 0 ? 0x80 : 0x10000).forEach(c -> asked.append((char) c));
            BundleName name = BundleName.of(asked + (i % 3 == 0 ? ".tar" : ""));

            assertThat(name.filename())
                    .doesNotContainPattern("[\\p{Cntrl}/\\\\\"']")
                    .startsWith(name.top());
            assertThat(name.top().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 200);
            assertThat(name.top()).isNotIn(".", "..").isEqualTo(BundleName.directory(name.top()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "my.zip, my.zip, my",
        "my.tar, my.zip, my",
        "my, my.zip, my",
        "my.tar.zip, my.tar.zip, my.tar",
        ".zip, data.zip, data",
        "'', data.zip, data",
        "a/b.zip, a_b.zip, a_b",
    })
    void aZipAlwaysEndsInZip(String asked, String filename, String top) {
        assertThat(BundleName.of(asked, BundleFormat.ZIP)).isEqualTo(new BundleName(filename, top));
    }

    @Test
    void aTarIsNamedAsAlways() {
        for (String asked : new String[] {"my.tar", "my", "my.zip", ""}) {
            assertThat(BundleName.of(asked, BundleFormat.TAR)).isEqualTo(BundleName.of(asked));
        }
    }
}
