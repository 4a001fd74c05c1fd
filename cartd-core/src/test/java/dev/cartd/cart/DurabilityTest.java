package dev.cartd.cart;

import dev.cartd.system.MachineBoot;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurabilityTest {
    static Stream<Durability> all() {
        return Stream.of(
                Durability.SYNCED,
                Durability.UNPROVEN,
                Durability.sinceThisBoot(),
                new Durability.SinceBoot("another-boot"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aStoreGetsBackWhatItRecorded(Durability durability) {
        assertThat(Durability.of(durability.text())).isEqualTo(durability);
    }

    @Test
    void onlySyncedFilesAndThoseOfThisBootAreTrusted() {
        assertThat(all().filter(Durability::isTrusted))
                .containsExactly(Durability.SYNCED, new Durability.SinceBoot(MachineBoot.ID));
    }
}
