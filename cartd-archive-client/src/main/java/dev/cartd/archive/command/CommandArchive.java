package dev.cartd.archive.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cartd.archive.http.ListArchive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An archive behind a program that the operator wrote. Each request starts the program once, with the name of the
 * request as its only argument; the ids go to its standard input, one JSON object a line. docs/archives.md has the
 * protocol. The program is never started through a shell, and an id is never an argument.
 *
 * <p>A program that prints nothing for {@code timeout} is ended, and so is one that needs ten times as long for a list.
 * A program is ended with all processes that descend from it, by SIGTERM, and by SIGKILL two seconds later. What it
 * prints takes a bounded amount of memory. Safe for use by many threads.
 */
public final class CommandArchive extends ListArchive {
    private final Program program;
    private final int batch;

    /**
     * An archive behind this program, which need not exist yet.
     *
     * @param program an absolute path
     * @param timeout how long to wait for the next byte; from a millisecond to a day
     * @param maxRequests the most requests that cartd has open at once; 1 or more
     * @param batch the most ids in one request; 1 or more
     * @throws IllegalArgumentException if a value is out of range
     */
    public CommandArchive(Path program, Duration timeout, int maxRequests, int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("an archive's program takes one id or more");
        }
        this.program = new Program(program, timeout, maxRequests);
        this.batch = batch;
    }

    @Override
    public int batch() {
        return batch;
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArchiveException.Missing if the program says that the archive does not have the file
     * @throws ArchiveException.Refused if the program refuses the file, fails, or prints nonsense, or the id has an
     *     empty, {@code .} or {@code ..} segment
     * @throws ArchiveException.Unreachable if the program cannot be started, says that the archive is away, or prints
     *     nothing in time, or the thread is interrupted
     */
    @Override
    public Staged stage(List<String> ids) {
        Map<String, ArchiveException> failed = unusable(ids);
        List<String> asked = without(ids, failed);
        if (asked.isEmpty()) {
            return new Staged(Optional.empty(), failed);
        }
        Staged staged = program.ask("stage", lines(asked), lines -> Answers.staged(lines, asked));
        failed.putAll(staged.failed());
        return new Staged(staged.receipt(), failed);
    }

    @Override
    public Map<String, Status> status(List<String> ids) {
        Map<String, Status> answers = new HashMap<>();
        Map<String, ArchiveException> failed = unusable(ids);
        failed.forEach((id, why) -> answers.put(id, new Failed(why)));
        List<String> asked = without(ids, failed);
        if (!asked.isEmpty()) {
            answers.putAll(program.ask("status", lines(asked), lines -> Answers.statuses(lines, asked)));
        }
        return answers;
    }

    @Override
    public void release(String receipt, List<String> ids) {
        tell("release", receipt, ids);
    }

    @Override
    public void cancel(String receipt, List<String> ids) {
        tell("cancel", receipt, ids);
    }

    private void tell(String verb, String receipt, List<String> ids) {
        List<ObjectNode> requests = ids.stream()
                .map(id -> Program.request(id).put("receipt", receipt))
                .toList();
        Map<String, ArchiveException> unused = program.ask(verb, requests, lines -> Answers.failures(lines, ids));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IndexOutOfBoundsException if {@code from} is negative or greater than {@code size}
     * @throws ArchiveException.Missing as {@link #stage(List)}
     * @throws ArchiveException.Refused as {@link #stage(List)}
     * @throws ArchiveException.Unreachable as {@link #stage(List)}
     */
    @Override
    public InputStream pull(String id, long from, long size) {
        Objects.checkFromToIndex(from, size, size);
        Optional.ofNullable(unusable(List.of(id)).get(id)).ifPresent(why -> {
            throw why;
        });
        if (from == size && from > 0) {
            return InputStream.nullInputStream();
        }
        try {
            return program.open("pull", Program.request(id).put("from", from).put("size", size));
        } catch (ArchiveException.Refused e) {
            // A pull has no answer that says that the file is missing. A status has.
            status(id);
            throw e;
        }
    }

    @Override
    public void check() {
        program.check();
    }

    /** Ends all programs that run. */
    @Override
    public void close() {
        program.close();
    }

    private static List<ObjectNode> lines(List<String> ids) {
        return ids.stream().map(Program::request).toList();
    }

    private static Map<String, ArchiveException> unusable(List<String> ids) {
        Map<String, ArchiveException> failed = new HashMap<>();
        for (String id : ids) {
            problem(id).ifPresent(what -> failed.put(id, new ArchiveException.Refused(what)));
        }
        return failed;
    }

    private static Optional<String> problem(String id) {
        if (Stream.of(id.split("/", -1)).anyMatch(part -> List.of("", ".", "..").contains(part))) {
            return Optional.of("its id has an empty, . or .. segment");
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(id)
                ? Optional.empty()
                : Optional.of("its id has an unpaired surrogate");
    }
}
