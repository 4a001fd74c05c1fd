package dev.cartd.server.download;

import dev.cartd.HostileInputs;
import dev.cartd.server.http.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of headers that could be anything. */
class HostileHeadersTest {
    private static final long LENGTH = 10_240;

    @Test
    void aRangeSelectsBytesOfTheBundleOrIsRefused() {
        HostileInputs.texts(List.of("bytes=0-99", "bytes=100-", "bytes=-1", "bytes = 5-9,20-30"), header -> {
            try {
                Selection selected = Selection.range(header, LENGTH);
                assertThat(selected.from()).isGreaterThanOrEqualTo(0).isLessThan(selected.to());
                assertThat(selected.to()).isLessThanOrEqualTo(LENGTH);
            } catch (Refused e) {
                assertThat(e.getMessage()).startsWith("The range begins beyond the end");
            }
        });
    }

    @Test
    void aNameToSaveIsOneHeader() {
        HostileInputs.texts(
                List.of("data.tar", "d\u00e4ta \"1\".tar", "../x;filename=y"),
                name -> assertThat(ContentDisposition.attachment(name))
                        .matches("attachment; filename=\"[ !#-\\[\\]-~]*\"(; filename\\*=UTF-8''[!-~]*)?"));
    }
}
