package dev.cartd.cli.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExaminationTest {
    private final Examination examination = new Examination(Duration.ofMillis(50));

    @Test
    void aCheckThatHangsIsAFinding() {
        List<Finding> found = examination.of("volume", () -> {
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
        assertThat(examination.of("volume", () -> {
                    throw new IOException("it is broken");
                }))
                .containsExactly(Finding.bad("volume", "it is broken"));
    }
}
