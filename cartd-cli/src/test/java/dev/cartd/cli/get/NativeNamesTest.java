package dev.cartd.cli.get;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NativeNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "con",
                "NUL",
                "Aux.txt",
                "com1",
                "LPT9.tar.gz",
                "CONIN$",
                "com²",
                "nul .x",
                "a:b",
                "C:",
                "a\\b",
                "a?",
                "a*",
                "a|b",
                "\"a\"",
                "a.",
                "a ",
                "..."
            })
    void knowsWhatWindowsTakesForSomethingElse(String name) {
        assertThat(NativeNames.problem(name, "\\")).isPresent();
        assertThat(NativeNames.problem(name, "/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ".a", "console", "com", "com10", "nul-1", "a b.c", "測"})
    void leavesOthersAlone(String name) {
        assertThat(NativeNames.problem(name, "\\")).isEmpty();
    }
}
