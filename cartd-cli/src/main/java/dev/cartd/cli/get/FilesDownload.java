package dev.cartd.cli.get;

import dev.cartd.cli.config.FailedException;
import dev.cartd.cli.get.FilePage.ListedFile;
import dev.cartd.cli.get.Patience.NotFinished;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Fetches all files of a cart, each as soon as the server has it, over several connections. It never has the whole list
 * in memory, but walks over its pages again whenever more files are staged.
 */
final class FilesDownload {
    private static final Optional<String> STAGED = Optional.of("staged");
    private static final int MOST_NOTES = 20;

    private final CartServer server;
    private final CartWatch watch;
    private final FileFetch fetch;
    private final TargetDirectory directory;
    private final GetProgress progress;
    private final Patience idle;
    private final int connections;
    private final Semaphore places;
    private final FileList files = new FileList();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicReference<Optional<Throwable>> end = new AtomicReference<>(Optional.empty());

    FilesDownload(
            CartServer server,
            TargetDirectory directory,
            GetProgress progress,
            Supplier<Patience> patience,
            int connections) {
        this.server = server;
        this.watch = new CartWatch(server, progress, patience);
        this.fetch = new FileFetch(server, directory, progress, patience);
        this.directory = directory;
        this.progress = progress;
        this.idle = patience.get();
        this.connections = connections;
        this.places = new Semaphore(2 * connections);
    }

    /**
     * Fetches all files, and returns their number.
     *
     * @throws FailedException if one failed, or the cart did and all that it has is here
     * @throws NotFinished if the server was away for too long
     */
    int run() throws NotFinished, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            fetchAll(threads);
        } finally {
            end(threads);
        }
        int failed = failures.get();
        if (failed > 0) {
            throw new FailedException(String.format(
                    Locale.ROOT,
                    "%,d of %,d files are there and proven, %,d failed",
                    files.size() - failed,
                    files.size(),
                    failed));
        }
        return files.size();
    }

    /** Ends what is under way, in a moment. */
    private void end(ExecutorService threads) throws InterruptedException {
        threads.shutdownNow();
        server.close();
        boolean unused = threads.awaitTermination(10, TimeUnit.SECONDS);
    }

    private void fetchAll(ExecutorService threads) throws NotFinished, InterruptedException {
        CartState walked = watch.ask();
        int returned = 0;
        list(threads);
        while (!files.isFinished()) {
            watch.beginRound();
            CartState now = watch.ask();
            progress.show(now, here());
            boolean isDue = now.differs(walked) || files.returned() != returned;
            if (isDue) {
                returned = files.returned();
                walked = now;
                walk(threads);
            }
            requireGoing();
            // A failed cart still gives the files that it has.
            if (now.isFailed() && files.isIdle()) {
                throw new FailedException(now.failure().getMessage()
                        + String.format(Locale.ROOT, "; %,d of %,d files are there and proven", here(), files.size()));
            }
            pause(now);
        }
        requireGoing();
    }

    private int here() {
        return files.finished() - failures.get();
    }

    /**
     * Waits for the next look: until the connections are about to be without work, so that lists of files are not asked
     * for while the line is full with files. A ready cart waits for nobody: its files have to come.
     */
    private void pause(CartState now) throws NotFinished, InterruptedException {
        long before = progress.count();
        int finished = files.finished();
        Duration rest = watch.rest();
        files.await(rest, rest.plus(CartWatch.LONGEST), connections);
        if (!now.isReady() || progress.count() != before || files.finished() != finished) {
            idle.progressed();
        } else if (!files.isFinished()) {
            idle.requireNotOver("the cart is ready, and its files do not come");
        }
    }

    /** Lists all files, and begins with those that are staged or here. */
    private void list(ExecutorService threads) throws NotFinished, InterruptedException {
        watch.files(file -> {
            files.add(file.number());
            offer(file, threads);
        });
    }

    /** Begins with the files that were staged meanwhile. */
    private void walk(ExecutorService threads) throws NotFinished, InterruptedException {
        boolean more = true;
        for (long after = files.nextOpen(0); more; ) {
            FilePage page = watch.page(after, STAGED);
            for (ListedFile file : page.files()) {
                offer(file, threads);
            }
            more = page.more();
            after = more ? Math.max(page.last(), files.nextOpen(page.last())) : after;
        }
    }

    private void offer(ListedFile file, ExecutorService threads) throws NotFinished, InterruptedException {
        if ((file.staged() || isHere(file)) && files.take(file.number())) {
            while (!places.tryAcquire(watch.pause().toMillis(), TimeUnit.MILLISECONDS)) {
                requireGoing();
                progress.show(watch.ask(), here());
            }
            threads.execute(() -> work(file));
        }
    }

    /** Whether it is worth looking at before it is staged. */
    private boolean isHere(ListedFile file) {
        try {
            return directory.isTaken(file.checkedPath());
        } catch (FileFailed e) {
            return true;
        }
    }

    private void work(ListedFile file) {
        try {
            if (fetch.run(file, file.staged())) {
                files.finish();
            } else {
                files.giveBack(file.number());
            }
        } catch (FileFailed e) {
            failed(file, e.getMessage());
        } catch (NotFinished | InterruptedException | RuntimeException | Error e) {
            end.updateAndGet(before -> before.isPresent() ? before : Optional.of(e));
            files.stop();
        } finally {
            places.release();
        }
    }

    private void failed(ListedFile file, String reason) {
        int count = failures.incrementAndGet();
        if (count <= MOST_NOTES) {
            progress.note("cartd: " + Shown.line(file.path()) + ": " + reason);
        } else if (count == MOST_NOTES + 1) {
            progress.note("cartd: more files failed, which are not listed here");
        }
        files.finish();
    }

    /** Throws what ended a connection for good. */
    private void requireGoing() throws NotFinished {
        Optional<Throwable> thrown = Objects.requireNonNull(end.get());
        if (thrown.isEmpty()) {
            return;
        }
        Throwable e = thrown.get();
        if (e instanceof NotFinished known) {
            throw known;
        }
        throw e instanceof RuntimeException known ? known : new FailedException("a connection failed", e);
    }
}
