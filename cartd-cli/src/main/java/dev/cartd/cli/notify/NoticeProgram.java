package dev.cartd.cli.notify;

import dev.cartd.spi.Notice;
import dev.cartd.system.ProgramEnvironment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the program of the operator for each notice, which it gets on its standard input. What it prints is discarded,
 * what it complains of goes to where this process logs. Exit 0 says that the notice has arrived.
 */
final class NoticeProgram implements Delivery {
    private final Path program;
    private final Duration timeout;

    /** @param timeout how long one run may take; then it is ended */
    NoticeProgram(Path program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    @Override
    public void send(Notice notice, String event) throws IOException, InterruptedException {
        Process process = start();
        try {
            give(process, event);
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(program + " did not end within " + timeout.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(program + " ends with " + process.exitValue());
            }
        } finally {
            end(process);
        }
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        ProgramEnvironment.limit(builder.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    program + " cannot be started: is it there, and executable for the user of cartd?", e);
        }
    }

    /** Never waits: a pipe takes more than an event has, whether somebody reads or not. */
    private static void give(Process process, String event) {
        try (OutputStream in = process.getOutputStream()) {
            in.write((event + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The program need not read: its exit code counts.
        }
    }

    private static void end(Process process) {
        if (process.isAlive()) {
            // Listed before the first of them ends: the children of a process that has ended are not found any more.
            List<ProcessHandle> family = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .toList();
            family.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
