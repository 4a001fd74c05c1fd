package dev.cartd.cart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FailureTextTest {
    @Test
    void whatWasForeseenHasNoClassName() {
        assertThat(FailureText.of(new NoSuchFileException("/srv/7"))).isEqualTo("no such file or directory: /srv/7");
        assertThat(FailureText.of(new FileSystemException("/srv/7", null, "Read-only file system")))
                .isEqualTo("read-only file system: /srv/7");
        assertThat(FailureText.withoutName(new FileSystemException("/srv/7", null, "Input/output error")))
                .isEqualTo("input/output error");
        assertThat(FailureText.of(new IOException())).isEqualTo("input or output failed");
        assertThat(FailureText.of(new UncheckedIOException(new NoSuchFileException("/srv/7"))))
                .isEqualTo("no such file or directory: /srv/7");
        assertThat(FailureText.of(new UncheckedIOException("the volume is away", new IOException())))
                .isEqualTo("the volume is away");
        assertThat(FailureText.of(new CartException.Unavailable("the database is away")))
                .isEqualTo("the database is away");
    }

    @Test
    void aDefectNamesItsClass() {
        assertThat(FailureText.of(new IllegalStateException("a\nb"))).isEqualTo("java.lang.IllegalStateException: a b");
    }
}
