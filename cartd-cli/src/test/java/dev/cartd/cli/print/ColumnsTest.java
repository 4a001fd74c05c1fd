package dev.cartd.cli.print;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ColumnsTest {
    private static final Columns COLUMNS = new Columns(-4, 6, -8, -1);

    @Test
    void textsStandOnTheirSides() {
        assertThat(COLUMNS.row(List.of("1", "22", "a", "b c"))).isEqualTo("1        22 a        b c");
        assertThat(COLUMNS.row(List.of("12345", "22", "a", ""))).isEqualTo("12345     22 a");
    }

    @Test
    void columnsAreAsWideAsTheyLook() {
        Stream.of("日本", "e\u0301e\u0301e\u0301e\u0301", "한글", "😀😀", "abcd")
                .forEach(uid -> assertThat(COLUMNS.row(List.of("1", "2", uid, "x")))
                        .as(uid)
                        .isEqualTo("1         2 " + uid + "     x"));
    }

    @ParameterizedTest
    @CsvSource({"abcdef,6,abcdef", "abcdef,5,abcd…", "日本語,6,日本語", "日本語,5,日本…", "日本語,4,日…", "ab,1,…", "ab,0,''"})
    void whatIsTooLongIsCutWhereItLooksRight(String text, int most, String cut) {
        assertThat(Columns.cut(text, most)).isEqualTo(cut);
    }

    @Test
    void fitsAScreen() {
        List<List<String>> rows = List.of(
                List.of("ID", "N", "UID", "REASON"),
                List.of("7", "1", "b".repeat(30), "Failed to pull file a/b.txt: md5 is wrong"),
                List.of("8", "2", "日本".repeat(10), ""));
        for (int screen = 1; screen < 120; screen++) {
            int width = screen;
            assertThat(COLUMNS.fitted(rows, width))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(Columns.width(line)).isLessThanOrEqualTo(width));
        }
        assertThat(COLUMNS.fitted(rows, 40))
                .containsExactly(
                        "ID N UID            REASON", "7  1 bbbbbbbbbbbbb… Failed to pull file…", "8  2 日本日本日本…");
        assertThat(COLUMNS.fitted(rows, 200)).element(1).asString().endsWith("md5 is wrong");
    }
}
