package dev.cartd.store.postgres;

import dev.cartd.HostileInputs;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresUrlTest {
    @Test
    void aUrlIsReadOrRefusedWithoutItsPassword() {
        String good = "//user:sEcReT@db1:5432,db2/carts?sslmode=require&currentSchema=a";
        HostileInputs.texts(List.of(good, "///carts", "//[::1]:5432/carts"), rest -> {
            try {
                PostgresUrl url = PostgresUrl.parse(rest);
                assertThat(url.servers()).isNotEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).doesNotContain("sEcReT");
            }
        });
    }
}
