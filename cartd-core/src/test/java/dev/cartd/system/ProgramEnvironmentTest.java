package dev.cartd.system;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProgramEnvironmentTest {
    @Test
    void aProgramGetsNoPasswords() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH", "/bin",
                "Path", "/bin",
                "LC_ALL", "C.UTF-8",
                "DATABASE_DATABASE_URL", "postgresql://u:p@h/d",
                "AWS_SECRET_ACCESS_KEY", "s",
                "MY_HOME", "/x"));
        ProgramEnvironment.limit(environment);
        assertThat(environment.keySet()).containsExactlyInAnyOrder("PATH", "Path", "LC_ALL");
    }
}
