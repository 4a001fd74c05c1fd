package dev.cartd.store.sql;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class NodeLockTest {
    @TempDir
    private Path directory;

    @Test
    void aProcessLivesUntilItIsKilled() throws Exception {
        Path file = directory.resolve("nodes");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (NodeLock living = NodeLock.take(file);
                BufferedReader said =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String name = String.valueOf(said.readLine());
            assertThat(name).matches("cartd-[0-9]+");
            assertThat(living.isDead(name)).isFalse();

            process.destroyForcibly().waitFor();

            assertThat(living.isDead(name)).isTrue();
            assertThat(living.isDead(name)).as("still").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.size(file)).isZero();
    }

    @Test
    void nobodyOfThisProcessIsDead() throws Exception {
        Path file = directory.resolve("nodes");
        try (NodeLock one = NodeLock.take(file);
                NodeLock two = NodeLock.take(file)) {
            assertThat(one.isDead(one.name())).isFalse();
            assertThat(one.isDead(two.name())).isFalse();
        }
    }

    @Test
    void ofOtherNamesNothingIsKnown() throws Exception {
        try (NodeLock lock = NodeLock.take(directory.resolve("nodes"))) {
            assertThat(lock.isDead("cartd-3f1c7a52-0000-4000-8000-000000000000"))
                    .isFalse();
            assertThat(lock.isDead("cartd-99999999999999999999")).isFalse();
            assertThat(lock.isDead("")).isFalse();
        }
    }

    /** Another process. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (NodeLock lock = NodeLock.take(Path.of(arguments[0]))) {
                System.out.println(lock.name());
                new CountDownLatch(1).await();
            }
        }
    }
}
