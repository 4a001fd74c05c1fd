package dev.cartd.volume;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FileNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"CON", "nul", "com1.txt", "LPT9", "aux.tar.gz", "prn ", "nul .x", "COM\u00b2", "conout$", "con:x"
            })
    void aDeviceIsNoFile(String name) {
        assertThat(FileNames.isDevice(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONSOLE", "nuls", "com", "com10", "lpt.txt", "x.con", "auxiliary", "a nul"})
    void othersAre(String name) {
        assertThat(FileNames.isDevice(name)).isFalse();
    }
}
