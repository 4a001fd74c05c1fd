package dev.cartd.archive.command;

import dev.cartd.archive.http.Limits;
import dev.cartd.archive.http.OneLine;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One run of the program. Threads of its own write its input and read its output, since nothing else ends a read from a
 * pipe that a process keeps open: a thread that waits here waits for a queue, and never for longer than allowed.
 *
 * <p>For one thread, but {@link #close} for any.
 */
final class Run implements AutoCloseable {
    /** The exit code that says that the archive is away; {@code EX_TEMPFAIL} of sysexits.h. */
    private static final int AWAY = 75;

    private static final byte[] END = {};
    private static final int PIECE = 64 << 10;

    /** So many pieces wait to be read; then the program has to wait. */
    private static final int AHEAD = 4;

    /** The bytes of standard error that are kept: its last line is wanted. */
    private static final int COMPLAINT = 4 << 10;

    /** How soon what a program printed is here, and how often is checked whether it has ended. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** How long a process that was told to end may take for that. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final ThreadFactory THREADS = Timeline.daemons("cartd-command", false);

    private final Process process;
    private final Duration timeout;
    private final Optional<Duration> limit;
    private final AtomicInteger threads;
    private final Consumer<Run> onClose;
    private final long begun = System.nanoTime();
    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(AHEAD);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread output;
    private final Thread complaints;
    private byte[] complaint = END;
    private boolean ended;

    /**
     * Takes over a process that was just started.
     *
     * @param input goes to its standard input
     * @param timeout how long to wait for each piece of its output
     * @param limit how long its whole output may take
     * @param threads counts the threads of all runs
     * @param onClose called once, when this is closed
     */
    Run(
            Process process,
            byte[] input,
            Duration timeout,
            Optional<Duration> limit,
            AtomicInteger threads,
            Consumer<Run> onClose) {
        this.process = process;
        this.timeout = timeout;
        this.limit = limit;
        this.threads = threads;
        this.onClose = onClose;
        this.output = start(this::readOutput);
        this.complaints = start(this::readComplaints);
        start(() -> write(input));
    }

    private Thread start(Runnable work) {
        threads.incrementAndGet();
        Thread thread = THREADS.newThread(() -> {
            try {
                work.run();
            } finally {
                threads.decrementAndGet();
            }
        });
        thread.start();
        return thread;
    }

    private void write(byte[] input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            // The program need not read all of it: its answer counts.
        }
    }

    private void readOutput() {
        try {
            copyOutput();
            pieces.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed: nobody reads.
        }
    }

    private void copyOutput() throws InterruptedException {
        try (InputStream out = process.getInputStream()) {
            byte[] buffer = new byte[PIECE];
            for (int count = out.read(buffer); count >= 0; count = out.read(buffer)) {
                pieces.put(Arrays.copyOf(buffer, count));
            }
        } catch (IOException e) {
            // The process was ended: its exit code says so.
        }
    }

    private void readComplaints() {
        try (InputStream err = process.getErrorStream()) {
            byte[] buffer = new byte[COMPLAINT];
            for (int count = err.read(buffer); count >= 0; count = err.read(buffer)) {
                complain(buffer, count);
            }
        } catch (IOException e) {
            // The process was ended: what it complained of before counts.
        }
    }

    private synchronized void complain(byte[] buffer, int count) {
        byte[] all = Arrays.copyOf(complaint, complaint.length + count);
        System.arraycopy(buffer, 0, all, complaint.length, count);
        complaint = Arrays.copyOfRange(all, Math.max(0, all.length - COMPLAINT), all.length);
    }

    /**
     * Waits for the next bytes that the program prints; empty at the end of its output.
     *
     * @throws ArchiveException.Unreachable if they do not come in time, or the thread is interrupted, or this is closed
     */
    byte[] next() {
        if (ended) {
            return END;
        }
        try {
            requireOpen();
            byte[] piece = poll(System.nanoTime() + untilLate()).orElseThrow(this::late);
            requireOpen();
            ended = piece.length == 0;
            return piece;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for the next bytes until then. A program that has ended is at its end, whoever holds its output open. */
    private Optional<byte[]> poll(long until) throws InterruptedException {
        byte[] piece = null;
        long left = until - System.nanoTime();
        while (piece == null && left > 0) {
            boolean isOver = !process.isAlive();
            piece = pieces.poll(Math.min(SOON.toNanos(), left), TimeUnit.NANOSECONDS);
            if (piece == null && isOver) {
                return Optional.of(END);
            }
            left = until - System.nanoTime();
        }
        return Optional.ofNullable(piece);
    }

    private long untilLate() {
        long left = limit.map(whole -> whole.toNanos() - (System.nanoTime() - begun))
                .orElse(Long.MAX_VALUE);
        return Math.min(timeout.toNanos(), left);
    }

    private ArchiveException late() {
        return limit.filter(whole -> System.nanoTime() - begun >= whole.toNanos())
                .map(whole -> late("did not end within " + Limits.text(whole)))
                .orElseGet(() -> late("printed nothing for " + Limits.text(timeout)));
    }

    private static ArchiveException late(String what) {
        return ArchiveException.Unreachable.midway("the archive's program " + what);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ArchiveException.Unreachable("closed");
        }
    }

    private static ArchiveException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ArchiveException.Unreachable("interrupted", e);
    }

    /**
     * Waits for the end of the program, whose output has ended.
     *
     * @throws ArchiveException if it does not end in time, or its exit code is not 0
     */
    void requireSuccess() {
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw late("closed its output but did not end for " + Limits.text(timeout));
            }
            complaints.join(GRACE.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        int code = process.exitValue();
        if (code == AWAY) {
            throw new ArchiveException.Unreachable(
                    OneLine.of("the archive's program says that the archive is away" + reason()));
        }
        if (code != 0) {
            throw new ArchiveException.Refused(OneLine.of("the archive's program ends with " + code + reason()));
        }
    }

    private synchronized String reason() {
        String last = new String(complaint, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce("", (line, next) -> next);
        return last.isEmpty() ? "" : ": " + last;
    }

    /** Ends the program and the processes that descend from it, unless it has ended. A thread that waits here fails. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        onClose.accept(this);
        output.interrupt();
        pieces.clear();
        pieces.offer(END);
        if (process.isAlive()) {
            List<ProcessHandle> family = family(process.toHandle());
            family.forEach(ProcessHandle::destroy);
            CompletableFuture<Process> ignored = process.onExit()
                    .orTimeout(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, late) -> family.forEach(Run::kill));
        }
    }

    /**
     * A process and those that descend from it: listed before the first of them ends, since the children of a process
     * that has ended are not found any more, and parents first, since a shell whose child has ended starts the next
     * one.
     */
    private static List<ProcessHandle> family(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }

    private static void kill(ProcessHandle process) {
        family(process).forEach(ProcessHandle::destroyForcibly);
    }
}
