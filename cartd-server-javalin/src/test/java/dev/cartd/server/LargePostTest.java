package dev.cartd.server;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A cart of 100,000 files is accepted by a server with a small heap. */
class LargePostTest {
    private static final int FILES = 100_000;

    @Test
    void aSmallHeapDoesForManyFiles() throws Exception {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        Process process = new ProcessBuilder(List.of(
                        java, "-Xmx256m", "-cp", System.getProperty("java.class.path"), LargePostTest.class.getName()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("accepted " + FILES + " files");
    }

    /** Posts to itself, several times at once. */
    public static void main(String[] arguments) throws Exception {
        byte[] body = body();
        try (Running running = new Running(Running.limits(256_000_000, 1_000_000, 1))) {
            for (int i = 0; i < 3; i++) {
                long begun = System.nanoTime();
                try (Wire wire = running.connect()) {
                    wire.say(Running.request("POST", "/x" + i, "Content-Length: " + body.length) + "\r\n");
                    int status = wire.say(body).reply().status();
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                    System.out.println(body.length + " bytes: " + status + " after " + millis + " ms");
                }
                System.out.println(
                        "accepted " + running.carts.submitted.remove(0).items().size() + " files");
            }
        }
    }

    private static byte[] body() {
        StringBuilder json = new StringBuilder("{\"fileids\": [");
        for (int i = 0; i < FILES; i++) {
            json.append(i == 0 ? "" : ", ")
                    .append("{\"id\": ")
                    .append(1_000_000 + i)
                    .append(", \"path\": \"proposal 12345/instrument ü/run ")
                    .append(i / 1000)
                    .append("/a file with a longer name ")
                    .append(i)
                    .append(".raw\", \"hashtype\": \"sha1\", \"hashsum\": \"")
                    .append("0123456789abcdef0123456789abcdef01234567")
                    .append("\"}");
        }
        return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
