package dev.cartd.server.files;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ManifestTest {
    @Test
    void namesAreEscapedAsCoreutilsDo() {
        assertThat(Manifest.line("00", "a b")).isEqualTo("00  a b\n");
        assertThat(Manifest.line("00", "a\\b")).isEqualTo("\\00  a\\\\b\n");
        assertThat(Manifest.line("00", "a\nb\r")).isEqualTo("\\00  a\\nb\\r\n");
    }
}
