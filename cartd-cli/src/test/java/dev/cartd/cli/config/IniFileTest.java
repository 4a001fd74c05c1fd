package dev.cartd.cli.config;

import dev.cartd.HostileInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is expected here is what Python 3.11's ConfigParser makes of the same text. */
class IniFileTest {
    @TempDir
    private Path directory;

    @Test
    void readsKeysInAnyCaseWithEitherSign() {
        IniFile file = IniFile.parse("x", "[cartd]\nVolume_Path = /srv/a = b\nurl: http://h:1/#frag ; not a comment\n");
        assertThat(file.value("cartd", "volume_path")).contains("/srv/a = b");
        assertThat(file.value("cartd", "url")).contains("http://h:1/#frag ; not a comment");
        assertThat(file.keys("cartd")).containsExactly("volume_path", "url");
    }

    @Test
    void leavesOutWholeLinesOfComment() {
        IniFile file = IniFile.parse("x", "# a\n; b\n[s]\n  # c = d\nkey = 1\n;key = 2\n");
        assertThat(file.keys("s")).containsExactly("key");
        assertThat(file.value("s", "key")).contains("1");
    }

    @Test
    void goesOnWithAValueThatIsIndentedDeeper() {
        IniFile file = IniFile.parse("x", "[s]\nlong = a\n   b = c\n ; note\n   d\n\n   e\nx = 1\n");
        assertThat(file.value("s", "long")).contains("a\nb = c\nd\n\ne");
        assertThat(file.value("s", "x")).contains("1");
    }

    @Test
    void takesKeysOfOneIndentationAsKeys() {
        IniFile file = IniFile.parse("x", "[s]\n  a = 5\n  b = 6\n");
        assertThat(file.value("s", "a")).contains("5");
        assertThat(file.value("s", "b")).contains("6");
    }

    @Test
    void resolvesPercentSigns() {
        IniFile file =
                IniFile.parse("x", "[DEFAULT]\nbase = /srv\n[s]\nup = %(BASE)s/cartd\nupper = %(up)s/x\nper = 5%%\n");
        assertThat(file.value("s", "upper")).contains("/srv/cartd/x");
        assertThat(file.value("s", "per")).contains("5%");
        assertThat(file.value("s", "base")).contains("/srv");
        assertThat(file.sections()).containsExactly("s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[s]~a = 1~[s]~b = 2 | x line 3: section [s] is there twice",
                "[s]~a = 1~A: 2      | x line 3: key a is there twice in [s]",
                "a = 1               | x line 1: a key before the first [section]",
                "[s]~word            | x line 2: neither a [section] nor key = value",
                "[s]~ = 5            | x line 2: neither a [section] nor key = value",
            })
    void refusesWhatIsNotSuchAFile(String text, String message) {
        assertThatThrownBy(() -> IniFile.parse("x", text.replace('~', '\n')))
                .isInstanceOf(FailedException.class)
                .hasMessage(message);
    }

    /** Nine levels of a hundred references each would be resolved for ever, and to an empty text. */
    @Test
    void refusesAValueOfTooManyReferences() {
        StringBuilder text = new StringBuilder("[s]\na9 =\n");
        for (int level = 8; level >= 0; level--) {
            text.append("a" + level + " = " + ("%(a" + (level + 1) + ")s").repeat(100) + "\n");
        }
        IniFile file = IniFile.parse("x", text.toString());
        assertThatThrownBy(() -> file.value("s", "a0"))
                .isInstanceOf(FailedException.class)
                .hasMessage("x: [s] a0 refers to more than 1000 values");
        assertThat(file.value("s", "a8")).contains("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5%        | x: [s] a has a lone %: a percent sign is written %%",
                "%(nope)s  | x: [s] a refers to nope, which is not set",
                "%(a)s     | x: [s] a refers to itself",
            })
    void refusesPercentSignsThatMeanNothing(String value, String message) {
        IniFile file = IniFile.parse("x", "[s]\na = " + value);
        assertThatThrownBy(() -> file.value("s", "a"))
                .isInstanceOf(FailedException.class)
                .hasMessage(message);
    }

    @Test
    void takesAFileThatIsNotThereForAnEmptyOne() {
        assertThat(IniFile.read(directory.resolve("none.ini")).sections()).isEmpty();
    }

    @Test
    void saysThatItCannotReadAFile() throws IOException {
        Path latin = Files.write(directory.resolve("latin.ini"), new byte[] {(byte) 0xfc});
        assertThatThrownBy(() -> IniFile.read(latin))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("latin.ini");
        assertThatThrownBy(() -> IniFile.read(directory)).hasMessageStartingWith("cannot read " + directory);
    }

    @Test
    void anyTextIsRefusedOrHasValues() {
        String good = "[DEFAULT]\na = 1\n[cartd]\nvolume_path = /v/%(a)s\n; no\nb: %(volume_path)s%%\n  more\n";
        HostileInputs.texts(List.of(good, "[global]\nserver.socket_port: 8081\n"), text -> {
            try {
                IniFile file = IniFile.parse("file", text);
                for (String section : file.sections()) {
                    for (String key : file.keys(section)) {
                        value(file, section, key);
                    }
                }
            } catch (FailedException e) {
                assertThat(e.getMessage()).startsWith("file");
            }
        });
    }

    private static void value(IniFile file, String section, String key) {
        try {
            assertThat(file.value(section, key)).isPresent();
        } catch (FailedException e) {
            assertThat(e.getMessage()).startsWith("file: [");
        }
    }
}
