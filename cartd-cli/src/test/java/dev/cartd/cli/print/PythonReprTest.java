package dev.cartd.cli.print;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PythonReprTest {
    @Test
    void showsTextsAsPythonDoes() {
        assertThat(PythonRepr.of("")).isEqualTo("''");
        assertThat(PythonRepr.of("it's")).isEqualTo("\"it's\"");
        assertThat(PythonRepr.of("it's \"it\"")).isEqualTo("'it\\'s \"it\"'");
        assertThat(PythonRepr.of("a\\b\n\r\t\u001b\u007f\u00a0")).isEqualTo("'a\\\\b\\n\\r\\t\\x1b\\x7f\\xa0'");
        assertThat(PythonRepr.of("\u00fc\u65e5\u2028\ud83d\ude00")).isEqualTo("'\u00fc\u65e5\\u2028\ud83d\ude00'");
    }

    @Test
    void showsDictsInTheirOrder() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("id", "6");
        columns.put("bundle", "None");
        assertThat(PythonRepr.of(columns)).isEqualTo("{'id': '6', 'bundle': 'None'}");
    }
}
