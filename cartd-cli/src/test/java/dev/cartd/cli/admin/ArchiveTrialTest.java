package dev.cartd.cli.admin;

import dev.cartd.cli.admin.ArchiveTrial.Step;
import dev.cartd.spi.Archive;
import java.io.EOFException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ArchiveTrialTest {
    /** An archive whose streams break, and do not say why. */
    private static final class Breaking implements Archive {
        @Override
        public void stage(String id) {
            throw new AssertionError("it is on disk");
        }

        @Override
        public Found status(String id) {
            return new Found(6, 1, Medium.DISK);
        }

        @Override
        public InputStream pull(String id, long from, long size) {
            return new InputStream() {
                @Override
                public int read() throws EOFException {
                    throw new EOFException();
                }

                @Override
                public int read(byte[] bytes, int from, int count) throws EOFException {
                    throw new EOFException();
                }
            };
        }

        @Override
        public void close() {}
    }

    @Test
    void hasWordsForAStreamThatBreaksWithoutAny() {
        List<Step> steps = new ArrayList<>();
        assertThat(new ArchiveTrial(new Breaking(), steps::add).run("a")).isFalse();
        assertThat(steps).last().isEqualTo(new Step("pull", false, "it ends too early, after 0 of 6 bytes"));
    }
}
