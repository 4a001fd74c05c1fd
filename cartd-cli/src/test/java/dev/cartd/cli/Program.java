package dev.cartd.cli;

import dev.cartd.cli.command.OperatorSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a program of this machine did.
 *
 * @param exit its exit code
 * @param out what it said on its standard output
 * @param err what it said beside
 */
record Program(int exit, String out, String err) {
    /** Runs a command of cartd in the Java that runs already. */
    static Program here(Map<String, String> environment, String... words) {
        return here(environment, OperatorSession.GRACE, words);
    }

    /**
     * Runs a command of cartd in the Java that runs already.
     *
     * @param grace how long a command that causes work waits for a server to do it
     */
    static Program here(Map<String, String> environment, Duration grace, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = CartdCommand.line(environment, grace, words)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        return new Program(exit, out.toString(), err.toString());
    }

    /** Runs a line of shell in a directory to its end. */
    static Program shell(Path directory, String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile("cartd-program", ".out");
        Path err = Files.createTempFile("cartd-program", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(directory.toFile());
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(90, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("'%s' ended", line).isTrue();
            return new Program(process.exitValue(), read(out), read(err));
        } finally {
            for (Path file : List.of(out, err)) {
                Files.delete(file);
            }
        }
    }

    /** Runs a line of shell that has to succeed, and answers what it said. */
    static String run(Path directory, String line) throws IOException, InterruptedException {
        Program program = shell(directory, line);
        assertThat(program.exit).as("%s: %s%s", line, program.out, program.err).isZero();
        return program.out;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
