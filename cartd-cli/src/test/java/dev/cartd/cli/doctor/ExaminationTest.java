package dev.cartd.cli.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExaminationTest {
    @Test
    void aCheckThatHangsIsAFinding() {
        List<Finding> found = new Examination(Duration.ofMillis(50)).of("volume", () -> {
            new CountDownLatch(1).await();
            return List.of();
        });
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.isBad()).isTrue();
            assertThat(finding.about()).isEqualTo("volume");
            assertThat(finding.text()).startsWith("there is no answer after");
        });
    }

    @Test
    void aCheckThatFailsIsAFinding() {
        assertThat(new Examination(Duration.ofSeconds(20)).of("volume", () -> {
                    throw new IOException("it is broken");
                }))
                .containsExactly(Finding.bad("volume", "it is broken"));
    }
}
