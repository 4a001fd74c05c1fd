package dev.cartd.archive.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cartd.archive.http.Limits;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.ProgramEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The program of the operator, and how it is started. Safe for use by many threads. */
final class Program implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A list may take so many timeouts as a whole. */
    private static final int WHOLE = 10;

    /** The threads of one run. */
    private static final int THREADS = 3;

    /** The most threads that wait for processes which earlier runs left behind. */
    private static final int LEFT_BEHIND = 100;

    private final Path path;
    private final Duration timeout;
    private final Set<Run> running = ConcurrentHashMap.newKeySet();
    private final int mostThreads;
    private final AtomicInteger threads = new AtomicInteger();

    /** @throws IllegalArgumentException if the timeout, or the number of requests at once, is out of range */
    Program(Path path, Duration timeout, int maxRequests) {
        Limits.check(timeout, maxRequests);
        this.path = path;
        this.mostThreads = THREADS * maxRequests + LEFT_BEHIND;
        this.timeout = timeout;
    }

    /** What the program is told about a file. */
    static ObjectNode request(String id) {
        return JSON.createObjectNode().put("id", id);
    }

    /** Runs the program for these requests, one a line, and returns its answers as {@code reader} reads them. */
    <T> T ask(String verb, List<ObjectNode> requests, Function<Lines, T> reader) {
        String input = requests.stream().map(request -> request + "\n").collect(Collectors.joining());
        try (Run run = start(verb, input, Optional.of(timeout.multipliedBy(WHOLE)))) {
            T answer = reader.apply(new Lines(run));
            run.requireSuccess();
            return answer;
        }
    }

    /** Runs the program for the bytes of a file, and returns them once the first have come. */
    InputStream open(String verb, ObjectNode request) {
        Run run = start(verb, request + "\n", Optional.empty());
        boolean opened = false;
        try {
            InputStream bytes = new PulledBytes(run);
            opened = true;
            return bytes;
        } finally {
            if (!opened) {
                run.close();
            }
        }
    }

    /** @throws ArchiveException.Unreachable if there is no such program */
    void check() {
        if (!Files.isRegularFile(path)) {
            throw new ArchiveException.Unreachable(
                    path + " is not there: install the program, or correct the URL of the archive");
        }
        if (!Files.isExecutable(path)) {
            throw new ArchiveException.Unreachable(path + " is not executable for the user of cartd: chmod a+rx it");
        }
    }

    private Run start(String verb, String input, Optional<Duration> limit) {
        check();
        if (threads.get() > mostThreads) {
            throw new ArchiveException.Unreachable(
                    "too many processes that earlier runs of " + path + " left behind have its output open: end them");
        }
        ProcessBuilder builder = new ProcessBuilder(path.toString(), verb);
        builder.directory(Optional.ofNullable(path.getParent()).orElse(path).toFile());
        ProgramEnvironment.limit(builder.environment());
        try {
            byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
            Run run = new Run(builder.start(), bytes, timeout, limit, threads, running::remove);
            running.add(run);
            return run;
        } catch (IOException e) {
            throw new ArchiveException.Unreachable(OneLine.of(path + " cannot be started: " + e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        running.forEach(Run::close);
    }
}
