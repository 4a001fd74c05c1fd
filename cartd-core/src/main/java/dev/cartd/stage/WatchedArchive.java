package dev.cartd.stage;

import dev.cartd.cart.Outage;
import dev.cartd.cart.Wait;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The archive of a worker, with a log of its outages: one line when it cannot be reached, and one when it can again.
 * Any answer ends an outage, a refusal too. Safe for use by many threads, as the archive is.
 */
final class WatchedArchive implements Archive {
    /** Shorter outages are not logged: the next try of a file succeeds. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private final Archive archive;
    private final BooleanSupplier closing;
    private final Outage outage;

    /** @param closing whether the worker is closing, which ends requests on purpose */
    WatchedArchive(Archive archive, BooleanSupplier closing, InstantSource clock) {
        this.archive = archive;
        this.closing = closing;
        this.outage = new Outage(SHORTEST, clock, new OutageLog(Wait.Kind.ARCHIVE, "the archive is back", clock));
    }

    /** The outage of the archive, as far as requests and the check have shown it. */
    Optional<Outage.Away> away() {
        return outage.now();
    }

    /** Logs an outage that the check finds, at once. A check that finds none does not end an outage. */
    @Override
    public void check() {
        try {
            archive.check();
        } catch (ArchiveException.Unreachable e) {
            outage.found(e.getMessage());
        }
    }

    @Override
    public void stage(String id) {
        ask(() -> {
            archive.stage(id);
            return id;
        });
    }

    @Override
    public Found status(String id) {
        return ask(() -> archive.status(id));
    }

    @Override
    public int batch() {
        return archive.batch();
    }

    @Override
    public Map<String, ArchiveException> stage(List<String> ids) {
        return ask(() -> archive.stage(ids));
    }

    @Override
    public Map<String, Status> status(List<String> ids) {
        return ask(() -> archive.status(ids));
    }

    @Override
    public InputStream pull(String id, long from, long size) {
        return ask(() -> archive.pull(id, from, size));
    }

    /** Does nothing: the archive belongs to whoever made the worker. */
    @Override
    public void close() {}

    private <T> T ask(Supplier<T> request) {
        int ended = outage.ended();
        try {
            T answer = request.get();
            outage.worked();
            return answer;
        } catch (ArchiveException.Unreachable e) {
            boolean onPurpose = closing.getAsBoolean() || Thread.currentThread().isInterrupted();
            if (!onPurpose) {
                outage.failed(ended, e.getMessage());
            }
            throw e;
        } catch (ArchiveException e) {
            outage.worked();
            throw e;
        }
    }
}
